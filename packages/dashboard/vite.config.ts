import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // Our own sources, and what other packages have for browsers: without the defaults a server's WebSocket library would come along.
  resolve: { conditions: ["source", ...defaultClientConditions] },
  // The chain's client is most of it; 200 KiB compressed is the bound that counts.
  build: { target: "es2022", outDir: "dist", emptyOutDir: true, chunkSizeWarningLimit: 800 },
});
