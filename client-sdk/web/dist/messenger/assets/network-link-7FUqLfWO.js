import{$ as e,F as t,G as n,J as r,et as i,h as a,it as o,lt as s,ot as c,rt as l,st as u}from"./index-D0NMIBcr.js";import{t as d}from"./relations-DyrlCTYE.js";var f=class extends e{constructor(...e){super(...e),this.look=`icon`,this.current=!1,this.updateEvents=[],this.#e=new d(this)}#e;static{this.styles=[r,u` :host{display:contents}.network{position:relative}.network[aria-current="page"]{background:var(--accent-soft);color:var(--accent)}.count{position:absolute;top:1px;inset-inline-end:-1px;min-width:18px;height:18px;padding:0 5px;border-radius:9px;background:var(--danger);color:var(--background);font-size:0.6875rem;font-weight:700;line-height:18px;text-align:center}.requests{flex:none;display:flex;align-items:center;gap:12px;margin:0 8px 4px;padding:8px 12px;border-radius:14px;background:var(--accent-soft);text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent);color:var(--on-accent)}.lines{min-width:0}.lines > *{display:block}.lines .name{font-weight:600}.button{margin-top:4px}@media (forced-colors: active){.count{border:1px solid CanvasText}}`]}render(){let e=this.#e.of(this.client);if(!e.isOffered)return``;let{received:r}=e,i=()=>{this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:n,bubbles:!0,composed:!0}))};if(this.look===`button`)return c`<button class="button" @click=${i}>${s.network}</button>`;if(this.look===`icon`){let e=r.length,n=e?`${s.network}, ${s.requestsCount(e)}`:s.network;return c`<button
        class="icon-button network"
        aria-label=${n}
        title=${n}
        aria-current=${this.current?`page`:`false`}
        @click=${i}
      >
        ${t}${e?c`<span class="count" aria-hidden="true">${e>99?`99+`:e}</span>`:``}
      </button>`}if(!r.length)return``;let o=r.slice(0,3).map(({user:e})=>a(e));return c`<button class="requests" @click=${i}>
      <span class="circle" aria-hidden="true">${t}</span>
      <span class="lines">
        <span class="name clip">${s.requestsCount(r.length)}</span>
        <span class="muted clip">${o.join(`, `)}</span>
      </span>
    </button>`}};i([l()],f.prototype,`look`,void 0),i([l({type:Boolean})],f.prototype,`current`,void 0),f=i([o(`causerie-network-link`)],f);export{f as NetworkLink};