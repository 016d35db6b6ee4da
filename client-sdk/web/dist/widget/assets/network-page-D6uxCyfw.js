import{A as e,D as t,E as n,M as r,O as i,T as a,b as o,dt as s,ft as c,ht as l,j as u,l as d,lt as f,m as p,nt as m,w as h,x as g}from"./base-DKBj6lqv.js";import{n as _}from"./lit-DFzsCMXs.js";import{t as v}from"./reach-help-CmlCDQgk.js";import"./panel-BkJIG6wn.js";import"./page-header--opVkd26.js";import{t as y}from"./relations-8sy_jadc.js";var b=s` .scroller{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin;--avatar-size:44px}.column{width:100%;max-width:720px;margin-inline:auto;padding:12px 12px max(24px,env(safe-area-inset-bottom))}section{padding-block:8px}h3{margin:0;padding:6px 8px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.count{margin-inline-start:4px;padding:1px 7px;border-radius:9px;background:var(--accent-soft);color:var(--accent)}.field{margin:2px 8px 6px;width:calc(100% - 16px)}li{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px}.user{flex:1 1 200px;min-width:0;min-height:60px;gap:12px;border-radius:12px;padding:8px;text-align:start}.name,.note{display:block}.note{font-size:0.8125rem}.actions{display:flex;gap:8px;padding-inline:8px}.actions .button{min-height:38px;padding-inline:14px}.plane{color:var(--accent)}.plane .icon:dir(rtl){scale:-1 1}.empty-text{padding:6px 8px}.problem{width:auto;margin:8px}`,x=6e3,S=({relation:e,user:t})=>`${e}/${t.id}`,C=class extends a{constructor(...e){super(...e),this.query=``,this.busy=!1,this.problem=``,this.declined=/* @__PURE__ */ new Map,this.updateEvents=[`state`],this.#e=new y(this),this.#t=new v(this),this.#c=e=>{let{relation:t,user:n}=e,i=r(n);return this.declined.has(S(e))?this.#o(n,l.requestDeclined,this.#s(l.undo,i,()=>this.#v(e))):this.#o(n,l.wantsToConnect,f`${this.#s(l.accept,i,()=>this.#y(()=>this.client.acceptRelation(t,{id:n.id})),!0)}${this.#s(l.decline,i,()=>this.#_(e))}`)},this.#l=({relation:e,user:t})=>this.#o(t,l.requestSent,this.#f(e,t)),this.#u=({user:e})=>this.#o(e,``,this.#p(e))}#e;#t;#n;static{this.styles=[o,g,h,b]}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}focusComposer(){return this.focusHeading()}disconnectedCallback(){super.disconnectedCallback();for(let e of this.#e.of(this.client).received){let t=this.declined.get(S(e));t!==void 0&&(clearTimeout(t),this.client.unrelate(e.relation,{id:e.user.id}).catch(()=>{}))}this.declined=/* @__PURE__ */ new Map}willUpdate(e){super.willUpdate(e);let{items:t}=this.#e.of(this.client);t!==this.#n&&(this.#n=t,this.#t.search(this.client,this.query))}updated(){this.sentinel?.observe()}render(){let e=this.#e.of(this.client);return f`
<causerie-page-header .heading=${l.network}></causerie-page-header>
<div class="scroller">
<div class="column">
${this.problem?f`<p class="problem" role="alert">${this.problem}</p>`:``}
${this.#r(e.state===`failed`)}
${this.#i(`received`,l.requests,e.received.map(this.#c))}
${this.#i(`sent`,l.sentRequests,e.sent.map(this.#l))}
${this.#i(`friends`,l.friends,e.mutual.map(this.#u),e.state===`loaded`?l.noFriends:``)}
<section aria-labelledby="people">
<h3 id="people">${l.findPeople}</h3>
<input
class="field"
type="search"
autocomplete="off"
aria-label=${l.findPeople}
placeholder=${l.searchUsers}
.value=${_(this.query)}
@input=${this.#g}
/>
${this.#a()}
</section>
${this.#t.more?f`<causerie-load-sentinel
.problem=${this.#t.problem}
@causerie-load=${()=>this.#t.loadMore()}
></causerie-load-sentinel>`:``}
</div>
</div>
`}#r(e){return e?f`<p class="problem" role="alert">${l.loadFailed}
<button class="button" @click=${()=>this.#e.of(this.client).load()}>${l.tryAgain}</button></p>`:``}#i(e,t,n,r=``){return!n.length&&!r?``:f`<section aria-labelledby=${e}>
<h3 id=${e}>${t}${n.length?f` <span class="count">${n.length}</span>`:``}</h3>
${n.length?f`<ul>${n}</ul>`:f`<p class="muted empty-text">${r}</p>`}
</section>`}#a(){let{hits:e,problem:t,more:n}=this.#t;if(t&&!n)return f`<p class="problem" role="alert">${t}</p>`;if(!e)return f`<p class="muted empty-text">${l.loading}</p>`;let r=this.query.trim()!==``,i=r?e:e.filter(({mayRequest:e})=>e.length);return i.length?f`<ul>
${i.map(e=>this.#d(e))}
</ul>`:r&&!n?f`<causerie-reach-help searched></causerie-reach-help>`:``}#o(e,t,n){let i=r(e);return f`<li>
<button class="user" @click=${()=>this.#m(e)}>
<causerie-avatar .name=${i} .key=${u(e)}></causerie-avatar>
<span><span class="name clip">${i}</span>${t?f`<span class="note muted clip">${t}</span>`:``}</span>
</button>
<span class="actions">${n}</span>
</li>`}#s(e,t,n,r=!1){return f`<button
class="button ${r?`primary`:``}"
aria-label=${l.actionFor(e,t)}
?disabled=${this.busy}
@click=${n}
>
${e}
</button>`}#c;#l;#u;#d({user:e,mayRequest:t}){let{received:n,sent:i}=this.#e.of(this.client),a=t=>t.user.id===e.id,o=n.find(a);if(o)return this.#c(o);let s=i.find(a);if(s)return this.#l(s);let[c]=t;return c===void 0?this.#o(e,``,this.#p(e)):this.#o(e,``,this.#s(l.sendRequest,r(e),()=>this.#y(()=>this.client.relate(c,{id:e.id}))))}#f(e,t){return this.#s(l.withdraw,r(t),()=>this.#y(()=>this.client.unrelate(e,{id:t.id})))}#p(e){let t=this.#t.hits?.find(t=>t.user.id===e.id);if(!t?.can.has(`start`))return``;let n=l.writeTo(r(e));return f`<button
class="icon-button plane"
aria-label=${n}
title=${n}
@click=${()=>this.#h(t.conversationId??p(e.id))}
>
${m}
</button>`}#m(e){let t=this.#t.hits?.find(t=>t.user.id===e.id);this.#h(d(t?.conversationId??p(e.id)))}#h(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}#g(e){this.query=e.target.value,this.#t.search(this.client,this.query,!0)}#_(e){let{relation:t,user:n}=e,r=()=>{this.#v(e),this.#y(()=>this.client.unrelate(t,{id:n.id}))};this.declined=new Map(this.declined).set(S(e),setTimeout(r,x))}#v(e){let t=new Map(this.declined);clearTimeout(t.get(S(e))),t.delete(S(e)),this.declined=t}async#y(e){this.busy=!0,this.problem=``;try{await e()}catch(e){this.problem=c(e)}finally{this.busy=!1}}};n([i()],C.prototype,`query`,void 0),n([i()],C.prototype,`busy`,void 0),n([i()],C.prototype,`problem`,void 0),n([i()],C.prototype,`declined`,void 0),n([t(`causerie-page-header`)],C.prototype,`header`,void 0),n([t(`causerie-load-sentinel`)],C.prototype,`sentinel`,void 0),C=n([e(`causerie-network-page`)],C);export{C as NetworkPage};