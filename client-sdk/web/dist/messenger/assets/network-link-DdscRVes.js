import{$ as e,G as t,H as n,K as r,L as i,P as a,V as o,X as s,Y as c,b as l,k as u,s as d}from"./index-aE7f8jQ0.js";import{t as f}from"./relations-DyrlCTYE.js";var p=class extends o{constructor(...e){super(...e),this.look=`icon`,this.current=!1,this.updateEvents=[],this.#e=new f(this)}#e;static{this.styles=[i,s` :host{display:contents}.network{position:relative}.network[aria-current="page"]{background:var(--accent-soft);color:var(--accent)}.count{position:absolute;top:1px;inset-inline-end:-1px;min-width:18px;height:18px;padding:0 5px;border-radius:9px;background:var(--danger);color:var(--background);font-size:0.6875rem;font-weight:700;line-height:18px;text-align:center}.requests{flex:none;display:flex;align-items:center;gap:12px;margin:0 8px 4px;padding:8px 12px;border-radius:14px;background:var(--accent-soft);text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent)}.lines{min-width:0}.lines > *{display:block}.lines .name{font-weight:600}.button{margin-top:4px}@media (forced-colors: active){.count{border:1px solid CanvasText}}`]}render(){let t=this.#e.of(this.client);if(!t.isOffered)return``;let{received:n}=t,r=()=>{this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:a,bubbles:!0,composed:!0}))};if(this.look===`button`)return c`<button class="button" @click=${r}>${e.network}</button>`;if(this.look===`icon`){let t=n.length,i=t?`${e.network}${e.comma}${e.requestsCount(t)}`:e.network;return c`<button
class="icon-button network"
aria-label=${i}
title=${i}
aria-current=${this.current?`page`:`false`}
@click=${r}
>
${u}${t?c`<span class="count" aria-hidden="true">${d(t)}</span>`:``}
</button>`}if(!n.length)return``;let i=n.slice(0,3).map(({user:e})=>l(e));return c`<button class="requests" @click=${r}>
<span class="circle" aria-hidden="true">${u}</span>
<span class="lines">
<span class="name clip">${e.requestsCount(n.length)}</span>
<span class="muted clip">${i.join(e.comma)}</span>
</span>
</button>`}};n([t()],p.prototype,`look`,void 0),n([t({type:Boolean})],p.prototype,`current`,void 0),p=n([r(`causerie-network-link`)],p);export{p as NetworkLink};