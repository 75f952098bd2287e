// Zod's translations, left out of the bundle: messages are written here, in one language.
export {};
