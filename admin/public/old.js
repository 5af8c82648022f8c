// Read by every browser, the oldest too: where the admin cannot run it says so and names browsers that can.
// biome-ignore-all lint: this is the JavaScript of 1999, so that everything can read it
;(function () {
  var css = window.CSS && window.CSS.supports
  var isNew =
    css && css.call(window.CSS, 'selector(:has(a))') && 'inert' in HTMLElement.prototype && window.structuredClone
  if (isNew) return
  var root = document.getElementById('root')
  root.id = 'old'
  root.setAttribute('role', 'alert')
  root.style.cssText = 'max-width:34em;margin:12% auto;padding:0 1em;font:16px/1.8 sans-serif'
  root.innerHTML =
    '<h1>这个浏览器太旧，打不开好网民台账</h1>' +
    '<p>请换用 Chrome、Edge 109 或更新的版本（Windows 7 可以装到 109），或 Firefox 121 或更新的版本。</p>' +
    '<p>360、QQ、搜狗等浏览器请升级到最新版，并用“极速模式”，不要用“兼容模式”。</p>'
})()
