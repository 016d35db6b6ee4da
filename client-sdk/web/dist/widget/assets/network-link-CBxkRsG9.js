import{J as e,O as t,T as n,ct as r,d as i,j as a,k as o,mt as s,ut as c,w as l,y as u}from"./base-DqcMDlV7.js";import{t as d}from"./relations-8sy_jadc.js";var f=class extends l{constructor(...e){super(...e),this.look=`icon`,this.current=!1,this.updateEvents=[],this.#e=new d(this)}#e;static{this.styles=[u,c` :host{display:contents}.network{position:relative}.network[aria-current="page"]{background:var(--accent-soft);color:var(--accent)}.count{position:absolute;top:1px;inset-inline-end:-1px;min-width:18px;height:18px;padding:0 5px;border-radius:9px;background:var(--danger);color:var(--background);font-size:0.6875rem;font-weight:700;line-height:18px;text-align:center}.requests{flex:none;display:flex;align-items:center;gap:12px;margin:0 8px 4px;padding:8px 12px;border-radius:14px;background:var(--accent-soft);text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent)}.lines{min-width:0}.lines > *{display:block}.lines .name{font-weight:600}.button{margin-top:4px}@media (forced-colors: active){.count{border:1px solid CanvasText}}`]}render(){let t=this.#e.of(this.client);if(!t.isOffered)return``;let{received:n}=t,o=()=>{this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:i,bubbles:!0,composed:!0}))};if(this.look===`button`)return r`<button class="button" @click=${o}>${s.network}</button>`;if(this.look===`icon`){let t=n.length,i=t?`${s.network}, ${s.requestsCount(t)}`:s.network;return r`<button
class="icon-button network"
aria-label=${i}
title=${i}
aria-current=${this.current?`page`:`false`}
@click=${o}
>
${e}${t?r`<span class="count" aria-hidden="true">${t>99?`99+`:t}</span>`:``}
</button>`}if(!n.length)return``;let c=n.slice(0,3).map(({user:e})=>a(e));return r`<button class="requests" @click=${o}>
<span class="circle" aria-hidden="true">${e}</span>
<span class="lines">
<span class="name clip">${s.requestsCount(n.length)}</span>
<span class="muted clip">${c.join(`, `)}</span>
</span>
</button>`}};n([t()],f.prototype,`look`,void 0),n([t({type:Boolean})],f.prototype,`current`,void 0),f=n([o(`causerie-network-link`)],f);export{f as NetworkLink};