// Goes on when every frame has told its client, or after three seconds.
const next = document.querySelector("a[data-next]");
if (next) {
  const go = () => location.replace(next.href);
  addEventListener("load", go);
  setTimeout(go, 3000);
}
