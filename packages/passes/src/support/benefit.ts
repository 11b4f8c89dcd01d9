/** What takes a node away, and needs nothing in its place, comes before whatever rebuilds it together with others. */
export const REMOVAL = 64;
