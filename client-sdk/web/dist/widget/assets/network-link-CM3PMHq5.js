import{$ as e,E as t,F as n,H as r,J as i,M as a,N as o,T as s,Y as c,h as l,n as u,w as d}from"./base-Reduinh7.js";import{t as f}from"./relations-8sy_jadc.js";var p=class extends d{constructor(...e){super(...e),this.look=`icon`,this.current=!1,this.updateEvents=[],this.#e=new f(this)}#e;static{this.styles=[t,c` :host{display:contents}.network{position:relative}.network[aria-current="page"]{background:var(--accent-soft);color:var(--accent)}.count{position:absolute;top:1px;inset-inline-end:-1px;min-width:18px;height:18px;padding:0 5px;border-radius:9px;background:var(--danger);color:var(--background);font-size:0.6875rem;font-weight:700;line-height:18px;text-align:center}.requests{flex:none;display:flex;align-items:center;gap:12px;margin:0 8px 4px;padding:8px 12px;border-radius:14px;background:var(--accent-soft);text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent)}.lines{min-width:0}.lines > *{display:block}.lines .name{font-weight:600}.button{margin-top:4px}@media (forced-colors: active){.count{border:1px solid CanvasText}}`]}render(){let t=this.#e.of(this.client);if(!t.isOffered)return``;let{received:a}=t,o=()=>{this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:l,bubbles:!0,composed:!0}))};if(this.look===`button`)return i`<button class="button" @click=${o}>${e.network}</button>`;if(this.look===`icon`){let t=a.length,n=t?`${e.network}${e.comma}${e.requestsCount(t)}`:e.network;return i`<button
class="icon-button network"
aria-label=${n}
title=${n}
aria-current=${this.current?`page`:`false`}
@click=${o}
>
${r}${t?i`<span class="count" aria-hidden="true">${u(t)}</span>`:``}
</button>`}if(!a.length)return``;let s=a.slice(0,3).map(({user:e})=>n(e));return i`<button class="requests" @click=${o}>
<span class="circle" aria-hidden="true">${r}</span>
<span class="lines">
<span class="name clip">${e.requestsCount(a.length)}</span>
<span class="muted clip">${s.join(e.comma)}</span>
</span>
</button>`}};s([a()],p.prototype,`look`,void 0),s([a({type:Boolean})],p.prototype,`current`,void 0),p=s([o(`causerie-network-link`)],p);export{p as NetworkLink};