import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import selfsigned from "selfsigned";
import { readFileIfThere, writeFileWhole } from "../home/writeFileWhole.js";

const DAY_MS = 86_400_000;
/** Browsers and clients take it as an exception once; renewing it by hand each year is no gain. */
const CERTIFICATE_DAYS = 3_650;

/** Makes a certificate for this machine's names and addresses, once, and names its files as the router's settings do. */
export async function ensureCertificate(
  folder: string,
): Promise<{ readonly ROUTER_TLS_CERT: string; readonly ROUTER_TLS_KEY: string }> {
  const cert = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  if ((await readFileIfThere(cert)) === undefined || (await readFileIfThere(key)) === undefined) {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
    const notAfterDate = new Date(Date.now() + CERTIFICATE_DAYS * DAY_MS);
    const made = await selfsigned.generate([{ name: "commonName", value: hostname() }], {
      keyType: "ec",
      notAfterDate,
      extensions: [
        {
          name: "subjectAltName",
          altNames: [
            { type: 2, value: "localhost" },
            { type: 2, value: hostname() },
            ...addresses.filter((address) => !address.includes("%")).map((ip) => ({ type: 7 as const, ip })),
          ],
        },
      ],
    });
    await writeFileWhole(key, made.private);
    await writeFileWhole(cert, made.cert);
  }
  return { ROUTER_TLS_CERT: cert, ROUTER_TLS_KEY: key };
}
