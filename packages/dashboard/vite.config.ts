import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ["source"] },
  build: { target: "es2022", outDir: "dist", emptyOutDir: true },
});
