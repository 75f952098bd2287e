import { useEffect } from 'preact/hooks';

/** Names the page in its tab, where nothing else of it may be seen. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Headway' : `${title} · Headway`;
  }, [title]);
}
