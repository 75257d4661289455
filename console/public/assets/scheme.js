// Sets light or dark before the first paint. A file of its own, because the page allows no inline script.
(() => {
  let wish = null;
  try {
    wish = localStorage.getItem('tollgate-colours');
  } catch {
    // Storage may be closed to the page; the system's choice holds then.
  }
  const dark = wish === 'dark' || (wish !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
