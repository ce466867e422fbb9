import type { Router, RouterParts } from "./routerParts.js";

export declare function createRouter(parts: RouterParts): Router;
