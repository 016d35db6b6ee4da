import{$ as e,L as t,Y as n,at as r,ct as i,ft as a,gt as o,it as s,lt as c,pt as l,v as u}from"./index-BYLA7pff.js";import{t as d}from"./relations-DyrlCTYE.js";var f=class extends s{constructor(...e){super(...e),this.look=`icon`,this.current=!1,this.updateEvents=[],this.#e=new d(this)}#e;static{this.styles=[e,l` :host{display:contents}.network{position:relative}.network[aria-current="page"]{background:var(--accent-soft);color:var(--accent)}.count{position:absolute;top:1px;inset-inline-end:-1px;min-width:18px;height:18px;padding:0 5px;border-radius:9px;background:var(--danger);color:var(--background);font-size:0.6875rem;font-weight:700;line-height:18px;text-align:center}.requests{flex:none;display:flex;align-items:center;gap:12px;margin:0 8px 4px;padding:8px 12px;border-radius:14px;background:var(--accent-soft);text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent)}.lines{min-width:0}.lines > *{display:block}.lines .name{font-weight:600}.button{margin-top:4px}@media (forced-colors: active){.count{border:1px solid CanvasText}}`]}render(){let e=this.#e.of(this.client);if(!e.isOffered)return``;let{received:r}=e,i=()=>{this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:n,bubbles:!0,composed:!0}))};if(this.look===`button`)return a`<button class="button" @click=${i}>${o.network}</button>`;if(this.look===`icon`){let e=r.length,n=e?`${o.network}, ${o.requestsCount(e)}`:o.network;return a`<button
class="icon-button network"
aria-label=${n}
title=${n}
aria-current=${this.current?`page`:`false`}
@click=${i}
>
${t}${e?a`<span class="count" aria-hidden="true">${e>99?`99+`:e}</span>`:``}
</button>`}if(!r.length)return``;let s=r.slice(0,3).map(({user:e})=>u(e));return a`<button class="requests" @click=${i}>
<span class="circle" aria-hidden="true">${t}</span>
<span class="lines">
<span class="name clip">${o.requestsCount(r.length)}</span>
<span class="muted clip">${s.join(`, `)}</span>
</span>
</button>`}};r([i()],f.prototype,`look`,void 0),r([i({type:Boolean})],f.prototype,`current`,void 0),f=r([c(`causerie-network-link`)],f);export{f as NetworkLink};