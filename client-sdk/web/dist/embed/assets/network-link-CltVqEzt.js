import{G as e,X as t,at as n,d as r,ft as i,gt as a,j as o,nt as s,ot as c,tt as l,ut as u}from"./base-eeG3xdAI.js";import{t as d}from"./relations-DyrlCTYE.js";var f=class extends l{constructor(...e){super(...e),this.look=`icon`,this.current=!1,this.updateEvents=[],this.#e=new d(this)}#e;static{this.styles=[t,i` :host{display:contents}.network{position:relative}.network[aria-current="page"]{background:var(--accent-soft);color:var(--accent)}.count{position:absolute;top:1px;inset-inline-end:-1px;min-width:18px;height:18px;padding:0 5px;border-radius:9px;background:var(--danger);color:var(--background);font-size:0.6875rem;font-weight:700;line-height:18px;text-align:center}.requests{flex:none;display:flex;align-items:center;gap:12px;margin:0 8px 4px;padding:8px 12px;border-radius:14px;background:var(--accent-soft);text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent)}.lines{min-width:0}.lines > *{display:block}.lines .name{font-weight:600}.button{margin-top:4px}@media (forced-colors: active){.count{border:1px solid CanvasText}}`]}render(){let t=this.#e.of(this.client);if(!t.isOffered)return``;let{received:n}=t,i=()=>{this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))};if(this.look===`button`)return u`<button class="button" @click=${i}>${a.network}</button>`;if(this.look===`icon`){let e=n.length,t=e?`${a.network}, ${a.requestsCount(e)}`:a.network;return u`<button
class="icon-button network"
aria-label=${t}
title=${t}
aria-current=${this.current?`page`:`false`}
@click=${i}
>
${o}${e?u`<span class="count" aria-hidden="true">${e>99?`99+`:e}</span>`:``}
</button>`}if(!n.length)return``;let s=n.slice(0,3).map(({user:e})=>r(e));return u`<button class="requests" @click=${i}>
<span class="circle" aria-hidden="true">${o}</span>
<span class="lines">
<span class="name clip">${a.requestsCount(n.length)}</span>
<span class="muted clip">${s.join(`, `)}</span>
</span>
</button>`}};s([n()],f.prototype,`look`,void 0),s([n({type:Boolean})],f.prototype,`current`,void 0),f=s([c(`causerie-network-link`)],f);export{f as NetworkLink};