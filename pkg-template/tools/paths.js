/** Paths of the host's machine, which need not be this one: both kinds of separators count where a path has a drive. */

/** @param {string} path */
const isWindows = (path) => /^[a-z]:[\\/]|^\\\\/i.test(path);

/** @param {string} path */
export const isAbsolute = (path) => path.startsWith('/') || isWindows(path);

/** Where a path's last part begins, and where it ends. @param {string} path */
const lastPart = (path) => {
  const separator = isWindows(path) ? /[\\/]/ : /\//;
  let end = path.length;
  while (separator.test(path.charAt(end - 1))) end -= 1;
  let start = end;
  while (start > 0 && !separator.test(path[start - 1])) start -= 1;
  return { start, end };
};

/** The last part: `a.txt` of `/w/a.txt`. @param {string} path */
export const baseName = (path) => {
  const { start, end } = lastPart(path);
  return path.slice(start, end);
};

/** The folder that the last part is in: `/w` of `/w/a.txt`. @param {string} path */
export const folderOf = (path) => {
  let { start: end } = lastPart(path);
  const root = /^([a-z]:)?[\\/]/i.exec(path)?.[0].length ?? 0;
  while (end > root && /[\\/]/.test(path[end - 1])) end -= 1;
  return path.slice(0, end);
};

/** The end of a path in at most 50 characters, for people. @param {string} path */
export const shortened = (path) => {
  if (path.length <= 50) return path;
  const name = baseName(path);
  if (name.length >= 47) return `...${name.slice(-47)}`;
  const separator = isWindows(path) ? '\\' : '/';
  const folders = folderOf(path).split(separator).filter(Boolean);
  let text = name;
  for (const folder of folders.reverse()) {
    if (text.length + folder.length + 4 >= 50) return `...${separator}${text}`;
    text = folder + separator + text;
  }
  return text;
};
