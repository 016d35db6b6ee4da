import{E as e,F as t,J as n,M as r,N as i,Q as a,T as o,V as s,h as c,n as l,q as u,w as d}from"./base-BsNUvOP0.js";import{t as f}from"./relations-8sy_jadc.js";var p=class extends d{constructor(...e){super(...e),this.look=`icon`,this.current=!1,this.updateEvents=[],this.#e=new f(this)}#e;static{this.styles=[e,n` :host{display:contents}.network{position:relative}.network[aria-current="page"]{background:var(--accent-soft);color:var(--accent)}.count{position:absolute;top:1px;inset-inline-end:-1px;min-width:18px;height:18px;padding:0 5px;border-radius:9px;background:var(--danger);color:var(--background);font-size:0.6875rem;font-weight:700;line-height:18px;text-align:center}.requests{flex:none;display:flex;align-items:center;gap:12px;margin:0 8px 4px;padding:8px 12px;border-radius:14px;background:var(--accent-soft);text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent)}.lines{min-width:0}.lines > *{display:block}.lines .name{font-weight:600}.button{margin-top:4px}@media (forced-colors: active){.count{border:1px solid CanvasText}}`]}render(){let e=this.#e.of(this.client);if(!e.isOffered)return``;let{received:n}=e,r=()=>{this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:c,bubbles:!0,composed:!0}))};if(this.look===`button`)return u`<button class="button" @click=${r}>${a.network}</button>`;if(this.look===`icon`){let e=n.length,t=e?`${a.network}${a.comma}${a.requestsCount(e)}`:a.network;return u`<button
class="icon-button network"
aria-label=${t}
title=${t}
aria-current=${this.current?`page`:`false`}
@click=${r}
>
${s}${e?u`<span class="count" aria-hidden="true">${l(e)}</span>`:``}
</button>`}if(!n.length)return``;let i=n.slice(0,3).map(({user:e})=>t(e));return u`<button class="requests" @click=${r}>
<span class="circle" aria-hidden="true">${s}</span>
<span class="lines">
<span class="name clip">${a.requestsCount(n.length)}</span>
<span class="muted clip">${i.join(a.comma)}</span>
</span>
</button>`}};o([r()],p.prototype,`look`,void 0),o([r({type:Boolean})],p.prototype,`current`,void 0),p=o([i(`causerie-network-link`)],p);export{p as NetworkLink};