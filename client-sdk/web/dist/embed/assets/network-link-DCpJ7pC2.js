import{G as e,Y as t,at as n,d as r,dt as i,et as a,ht as o,it as s,j as c,lt as l,tt as u}from"./base-BaZfI9-V.js";import{t as d}from"./relations-DyrlCTYE.js";var f=class extends a{constructor(...e){super(...e),this.look=`icon`,this.current=!1,this.updateEvents=[],this.#e=new d(this)}#e;static{this.styles=[t,i` :host{display:contents}.network{position:relative}.network[aria-current="page"]{background:var(--accent-soft);color:var(--accent)}.count{position:absolute;top:1px;inset-inline-end:-1px;min-width:18px;height:18px;padding:0 5px;border-radius:9px;background:var(--danger);color:var(--background);font-size:0.6875rem;font-weight:700;line-height:18px;text-align:center}.requests{flex:none;display:flex;align-items:center;gap:12px;margin:0 8px 4px;padding:8px 12px;border-radius:14px;background:var(--accent-soft);text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent)}.lines{min-width:0}.lines > *{display:block}.lines .name{font-weight:600}.button{margin-top:4px}@media (forced-colors: active){.count{border:1px solid CanvasText}}`]}render(){let t=this.#e.of(this.client);if(!t.isOffered)return``;let{received:n}=t,i=()=>{this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))};if(this.look===`button`)return l`<button class="button" @click=${i}>${o.network}</button>`;if(this.look===`icon`){let e=n.length,t=e?`${o.network}, ${o.requestsCount(e)}`:o.network;return l`<button
class="icon-button network"
aria-label=${t}
title=${t}
aria-current=${this.current?`page`:`false`}
@click=${i}
>
${c}${e?l`<span class="count" aria-hidden="true">${e>99?`99+`:e}</span>`:``}
</button>`}if(!n.length)return``;let a=n.slice(0,3).map(({user:e})=>r(e));return l`<button class="requests" @click=${i}>
<span class="circle" aria-hidden="true">${c}</span>
<span class="lines">
<span class="name clip">${o.requestsCount(n.length)}</span>
<span class="muted clip">${a.join(`, `)}</span>
</span>
</button>`}};u([s()],f.prototype,`look`,void 0),u([s({type:Boolean})],f.prototype,`current`,void 0),f=u([n(`causerie-network-link`)],f);export{f as NetworkLink};