/** A name of small letters, digits and hyphens: safe as a part of a path, in a URL and in a container's name. */
export const plainName = /^[a-z0-9][a-z0-9-]{0,62}$/;
