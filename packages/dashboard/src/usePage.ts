import { useEffect, useState } from "react";

export const PAGES = ["network", "epochs"] as const;
export type Page = (typeof PAGES)[number];

/** The page that the address names behind its `#`; the first one when it names none. */
export function usePage(): Page {
  const [page, setPage] = useState(pageOf);
  useEffect(() => {
    const follow = () => setPage(pageOf());
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  return page;
}

function pageOf(): Page {
  return PAGES.find((page) => window.location.hash === `#${page}`) ?? "network";
}
