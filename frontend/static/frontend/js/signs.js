// Dots with a sign in them, drawn on the map's canvas: light enough for hundreds on an old phone.
/* global L */

let Sign = null; // made at first use, when Leaflet is there

const makeSign = () => L.CircleMarker.extend({
  options: { text: "", color: "#fff", weight: 2, fillOpacity: 1, bubblingMouseEvents: false },
  _updatePath() {
    L.CircleMarker.prototype._updatePath.call(this);
    const { _ctx: context, _drawing: drawing } = this._renderer;
    if (!drawing || this._empty() || !this.options.text) return;
    const { x, y } = this._point;
    context.globalAlpha = 1;
    context.fillStyle = "#fff";
    context.font = `700 ${this.options.text.length > 3 ? 11 : 12}px system-ui, "Liberation Sans", sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(this.options.text, x, y + 0.5);
  },
});

function sign(place, options) {
  Sign ??= makeSign();
  return new Sign(place, options);
}

const short = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 });

// One object: [key, lon, lat, style, label].
export function objectSign([, lon, lat, style], legend) {
  const { color, icon } = legend[style] ?? {};
  return sign([lat, lon], { radius: 9, fillColor: color || "#5a5f6a", text: icon ?? "" });
}

// Many objects of a cell: [lon, lat, count, commonest style].
export function cellSign([lon, lat, count, style], legend) {
  const radius = Math.min(28, 10 + 3.2 * Math.log10(count) ** 1.6);
  const fillColor = legend[style]?.color || "#5a5f6a";
  return sign([lat, lon], { radius, fillColor, fillOpacity: 0.92, text: count > 1 ? short.format(count) : (legend[style]?.icon ?? "") });
}

// The ring around what is pointed at in the list.
export function ring(lat, lon) {
  return L.circleMarker([lat, lon], { radius: 16, color: "#e2a33b", weight: 5, fill: false, interactive: false });
}

export const pin = () => L.divIcon({ className: "place__pin", iconSize: [36, 44], iconAnchor: [18, 42] });
