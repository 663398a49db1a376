import { posix } from 'node:path';
import { addressOf, pages } from './pages.js';

/**
 * Links of the repository's files as those of the site: a page gets its address there, a file that is none stays as text.
 * A page that is only named, as in `docs/sink.md`, becomes a link, too.
 */
export function repositoryLinks(markdown) {
  markdown.core.ruler.push('repository-links', ({ tokens, env, Token }) => {
    for (const token of tokens) if (token.children) token.children = linked(token.children, env, Token);
  });
}

function linked(children, { relativePath }, Token) {
  // The site names a page by its address, and its search by its file.
  const here = pages.find((page) => page === relativePath || `${addressOf(page)}.md` === relativePath);
  const kept = [];
  return children.flatMap((token) => {
    if (token.type === 'link_open') {
      const address = addressIn(token.attrGet('href'), here);
      kept.push(address !== undefined);
      if (address === undefined) return [];
      token.attrSet('href', address);
      return [token];
    }
    if (token.type === 'link_close') return kept.pop() ? [token] : [];
    const { type, content } = token;
    // An option is not to be broken at its hyphens.
    if (type === 'code_inline' && /^\S{1,40}$/.test(content)) token.attrJoin('class', 'whole');
    if (type !== 'code_inline' || kept.length > 0 || content === here || !pages.includes(content))
      return [token];
    const open = new Token('link_open', 'a', 1);
    open.attrSet('href', `/${addressOf(content)}`);
    return [open, token, new Token('link_close', 'a', -1)];
  });
}

/** The address of a link within the site; undefined where it leads to a file that is no page. */
function addressIn(href, here) {
  const [file = '', anchor] = href.split('#');
  if (file === '' || /^[a-z]+:/.test(file)) return href;
  const page = posix.join(posix.dirname(here), file);
  if (!pages.includes(page)) return undefined;
  return `/${addressOf(page)}${anchor === undefined ? '' : `#${anchor}`}`;
}
