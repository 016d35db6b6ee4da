import{A as e,E as t,M as n,T as r,Y as i,b as a,d as o,dt as s,ht as c,k as l,lt as u}from"./base-DKBj6lqv.js";import{t as d}from"./relations-8sy_jadc.js";var f=class extends r{constructor(...e){super(...e),this.look=`icon`,this.current=!1,this.updateEvents=[],this.#e=new d(this)}#e;static{this.styles=[a,s` :host{display:contents}.network{position:relative}.network[aria-current="page"]{background:var(--accent-soft);color:var(--accent)}.count{position:absolute;top:1px;inset-inline-end:-1px;min-width:18px;height:18px;padding:0 5px;border-radius:9px;background:var(--danger);color:var(--background);font-size:0.6875rem;font-weight:700;line-height:18px;text-align:center}.requests{flex:none;display:flex;align-items:center;gap:12px;margin:0 8px 4px;padding:8px 12px;border-radius:14px;background:var(--accent-soft);text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent)}.lines{min-width:0}.lines > *{display:block}.lines .name{font-weight:600}.button{margin-top:4px}@media (forced-colors: active){.count{border:1px solid CanvasText}}`]}render(){let e=this.#e.of(this.client);if(!e.isOffered)return``;let{received:t}=e,r=()=>{this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:o,bubbles:!0,composed:!0}))};if(this.look===`button`)return u`<button class="button" @click=${r}>${c.network}</button>`;if(this.look===`icon`){let e=t.length,n=e?`${c.network}, ${c.requestsCount(e)}`:c.network;return u`<button
class="icon-button network"
aria-label=${n}
title=${n}
aria-current=${this.current?`page`:`false`}
@click=${r}
>
${i}${e?u`<span class="count" aria-hidden="true">${e>99?`99+`:e}</span>`:``}
</button>`}if(!t.length)return``;let a=t.slice(0,3).map(({user:e})=>n(e));return u`<button class="requests" @click=${r}>
<span class="circle" aria-hidden="true">${i}</span>
<span class="lines">
<span class="name clip">${c.requestsCount(t.length)}</span>
<span class="muted clip">${a.join(`, `)}</span>
</span>
</button>`}};t([l()],f.prototype,`look`,void 0),t([l({type:Boolean})],f.prototype,`current`,void 0),f=t([e(`causerie-network-link`)],f);export{f as NetworkLink};