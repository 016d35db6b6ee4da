import{A as e,C as t,D as n,E as r,T as i,b as a,ct as o,dt as s,j as c,k as l,l as u,mt as d,p as f,tt as p,ut as m,w as h,y as g}from"./base-DqcMDlV7.js";import{n as _}from"./lit-BgtTjuHI.js";import{t as v}from"./reach-help-CWHaQYNq.js";import"./panel-dg_oWikD.js";import"./page-header-DKtOdCQh.js";import{t as y}from"./relations-8sy_jadc.js";var b=m` .scroller{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin;--avatar-size:44px}.column{width:100%;max-width:720px;margin-inline:auto;padding:12px 12px max(24px,env(safe-area-inset-bottom))}section{padding-block:8px}h3{margin:0;padding:6px 8px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.count{margin-inline-start:4px;padding:1px 7px;border-radius:9px;background:var(--accent-soft);color:var(--accent)}.field{margin:2px 8px 6px;width:calc(100% - 16px)}li{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px}.user{flex:1 1 200px;min-width:0;min-height:60px;gap:12px;border-radius:12px;padding:8px;text-align:start}.name,.note{display:block}.note{font-size:0.8125rem}.actions{display:flex;gap:8px;padding-inline:8px}.actions .button{min-height:38px;padding-inline:14px}.plane{color:var(--accent)}.plane .icon:dir(rtl){scale:-1 1}.empty-text{padding:6px 8px}.problem{width:auto;margin:8px}`,x=6e3,S=({relation:e,user:t})=>`${e}/${t.id}`,C=class extends h{constructor(...e){super(...e),this.query=``,this.busy=!1,this.problem=``,this.declined=/* @__PURE__ */ new Map,this.updateEvents=[`state`],this.#e=new y(this),this.#t=new v(this),this.#c=e=>{let{relation:t,user:n}=e,r=c(n);return this.declined.has(S(e))?this.#o(n,d.requestDeclined,this.#s(d.undo,r,()=>this.#v(e))):this.#o(n,d.wantsToConnect,o`${this.#s(d.accept,r,()=>this.#y(()=>this.client.acceptRelation(t,{id:n.id})),!0)}${this.#s(d.decline,r,()=>this.#_(e))}`)},this.#l=({relation:e,user:t})=>this.#o(t,d.requestSent,this.#f(e,t)),this.#u=({user:e})=>this.#o(e,``,this.#p(e))}#e;#t;#n;static{this.styles=[g,a,t,b]}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}focusComposer(){return this.focusHeading()}disconnectedCallback(){super.disconnectedCallback();for(let e of this.#e.of(this.client).received){let t=this.declined.get(S(e));t!==void 0&&(clearTimeout(t),this.client.unrelate(e.relation,{id:e.user.id}).catch(()=>{}))}this.declined=/* @__PURE__ */ new Map}willUpdate(e){super.willUpdate(e);let{items:t}=this.#e.of(this.client);t!==this.#n&&(this.#n=t,this.#t.search(this.client,this.query))}updated(){this.sentinel?.observe()}render(){let e=this.#e.of(this.client);return o`
<causerie-page-header .heading=${d.network}></causerie-page-header>
<div class="scroller">
<div class="column">
${this.problem?o`<p class="problem" role="alert">${this.problem}</p>`:``}
${this.#r(e.state===`failed`)}
${this.#i(`received`,d.requests,e.received.map(this.#c))}
${this.#i(`sent`,d.sentRequests,e.sent.map(this.#l))}
${this.#i(`friends`,d.friends,e.mutual.map(this.#u),e.state===`loaded`?d.noFriends:``)}
<section aria-labelledby="people">
<h3 id="people">${d.findPeople}</h3>
<input
class="field"
type="search"
autocomplete="off"
aria-label=${d.findPeople}
placeholder=${d.searchUsers}
.value=${_(this.query)}
@input=${this.#g}
/>
${this.#a()}
</section>
${this.#t.more?o`<causerie-load-sentinel
.problem=${this.#t.problem}
@causerie-load=${()=>this.#t.loadMore()}
></causerie-load-sentinel>`:``}
</div>
</div>
`}#r(e){return e?o`<p class="problem" role="alert">${d.loadFailed}
<button class="button" @click=${()=>this.#e.of(this.client).load()}>${d.tryAgain}</button></p>`:``}#i(e,t,n,r=``){return!n.length&&!r?``:o`<section aria-labelledby=${e}>
<h3 id=${e}>${t}${n.length?o` <span class="count">${n.length}</span>`:``}</h3>
${n.length?o`<ul>${n}</ul>`:o`<p class="muted empty-text">${r}</p>`}
</section>`}#a(){let{hits:e,problem:t,more:n}=this.#t;if(t&&!n)return o`<p class="problem" role="alert">${t}</p>`;if(!e)return o`<p class="muted empty-text">${d.loading}</p>`;let r=this.query.trim()!==``,i=r?e:e.filter(({mayRequest:e})=>e.length);return i.length?o`<ul>
${i.map(e=>this.#d(e))}
</ul>`:r&&!n?o`<causerie-reach-help searched></causerie-reach-help>`:``}#o(t,n,r){let i=c(t);return o`<li>
<button class="user" @click=${()=>this.#m(t)}>
<causerie-avatar .name=${i} .key=${e(t)}></causerie-avatar>
<span><span class="name clip">${i}</span>${n?o`<span class="note muted clip">${n}</span>`:``}</span>
</button>
<span class="actions">${r}</span>
</li>`}#s(e,t,n,r=!1){return o`<button
class="button ${r?`primary`:``}"
aria-label=${d.actionFor(e,t)}
?disabled=${this.busy}
@click=${n}
>
${e}
</button>`}#c;#l;#u;#d({user:e,mayRequest:t}){let{received:n,sent:r}=this.#e.of(this.client),i=t=>t.user.id===e.id,a=n.find(i);if(a)return this.#c(a);let o=r.find(i);if(o)return this.#l(o);let[s]=t;return s===void 0?this.#o(e,``,this.#p(e)):this.#o(e,``,this.#s(d.sendRequest,c(e),()=>this.#y(()=>this.client.relate(s,{id:e.id}))))}#f(e,t){return this.#s(d.withdraw,c(t),()=>this.#y(()=>this.client.unrelate(e,{id:t.id})))}#p(e){let t=this.#t.hits?.find(t=>t.user.id===e.id);if(!t?.can.has(`start`))return``;let n=d.writeTo(c(e));return o`<button
class="icon-button plane"
aria-label=${n}
title=${n}
@click=${()=>this.#h(t.conversationId??f(e.id))}
>
${p}
</button>`}#m(e){let t=this.#t.hits?.find(t=>t.user.id===e.id);this.#h(u(t?.conversationId??f(e.id)))}#h(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}#g(e){this.query=e.target.value,this.#t.search(this.client,this.query,!0)}#_(e){let{relation:t,user:n}=e,r=()=>{this.#v(e),this.#y(()=>this.client.unrelate(t,{id:n.id}))};this.declined=new Map(this.declined).set(S(e),setTimeout(r,x))}#v(e){let t=new Map(this.declined);clearTimeout(t.get(S(e))),t.delete(S(e)),this.declined=t}async#y(e){this.busy=!0,this.problem=``;try{await e()}catch(e){this.problem=s(e)}finally{this.busy=!1}}};i([n()],C.prototype,`query`,void 0),i([n()],C.prototype,`busy`,void 0),i([n()],C.prototype,`problem`,void 0),i([n()],C.prototype,`declined`,void 0),i([r(`causerie-page-header`)],C.prototype,`header`,void 0),i([r(`causerie-load-sentinel`)],C.prototype,`sentinel`,void 0),C=i([l(`causerie-network-page`)],C);export{C as NetworkPage};