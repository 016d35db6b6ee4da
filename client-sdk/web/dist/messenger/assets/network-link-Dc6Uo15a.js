import{B as e,G as t,I as n,J as r,N as i,O as a,Q as o,V as s,W as c,Y as l,b as u,s as d}from"./index-DnB8i7x1.js";import{t as f}from"./relations-DyrlCTYE.js";var p=class extends e{constructor(...e){super(...e),this.look=`icon`,this.current=!1,this.updateEvents=[],this.#e=new f(this)}#e;static{this.styles=[n,l` :host{display:contents}.network{position:relative}.network[aria-current="page"]{background:var(--accent-soft);color:var(--accent)}.count{position:absolute;top:1px;inset-inline-end:-1px;min-width:18px;height:18px;padding:0 5px;border-radius:9px;background:var(--danger);color:var(--background);font-size:0.6875rem;font-weight:700;line-height:18px;text-align:center}.requests{flex:none;display:flex;align-items:center;gap:12px;margin:0 8px 4px;padding:8px 12px;border-radius:14px;background:var(--accent-soft);text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent)}.lines{min-width:0}.lines > *{display:block}.lines .name{font-weight:600}.button{margin-top:4px}@media (forced-colors: active){.count{border:1px solid CanvasText}}`]}render(){let e=this.#e.of(this.client);if(!e.isOffered)return``;let{received:t}=e,n=()=>{this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:i,bubbles:!0,composed:!0}))};if(this.look===`button`)return r`<button class="button" @click=${n}>${o.network}</button>`;if(this.look===`icon`){let e=t.length,i=e?`${o.network}${o.comma}${o.requestsCount(e)}`:o.network;return r`<button
class="icon-button network"
aria-label=${i}
title=${i}
aria-current=${this.current?`page`:`false`}
@click=${n}
>
${a}${e?r`<span class="count" aria-hidden="true">${d(e)}</span>`:``}
</button>`}if(!t.length)return``;let s=t.slice(0,3).map(({user:e})=>u(e));return r`<button class="requests" @click=${n}>
<span class="circle" aria-hidden="true">${a}</span>
<span class="lines">
<span class="name clip">${o.requestsCount(t.length)}</span>
<span class="muted clip">${s.join(o.comma)}</span>
</span>
</button>`}};s([c()],p.prototype,`look`,void 0),s([c({type:Boolean})],p.prototype,`current`,void 0),p=s([t(`causerie-network-link`)],p);export{p as NetworkLink};