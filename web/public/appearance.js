// Sets theme, contrast and density before the first paint, so that nothing flashes. The page keeps them up to date
// afterwards (src/app/preferences.ts writes what is read here).
try {
  var saved = JSON.parse(localStorage.getItem('elkhorn.preferences') || '{}').state || {}
  var root = document.documentElement
  if (saved.theme && saved.theme !== 'system') root.dataset.theme = saved.theme
  if (saved.contrast === 'more') root.dataset.contrast = 'more'
  if (saved.density) root.dataset.density = saved.density
} catch (error) {
  console.warn('preferences could not be read', error)
}
