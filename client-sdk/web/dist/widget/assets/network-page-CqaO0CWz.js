import{A as e,C as t,D as n,E as r,F as i,J as a,N as o,P as s,Q as c,T as l,Y as u,a as d,j as f,p,q as m,v as h,w as g}from"./base-BsNUvOP0.js";import{u as _}from"./conversation-Cpt6OSxw.js";import{t as v}from"./reach-help-D3v0yGYj.js";import"./page-header-D7zAeb_S.js";import{t as y}from"./relations-8sy_jadc.js";import{n as b}from"./row-styles-CLm_7buF.js";var x=a` .scroller{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin;--avatar-size:44px}.column{width:100%;max-width:720px;margin-inline:auto;padding:12px 12px max(24px,env(safe-area-inset-bottom))}section{padding-block:8px}h3{margin:0;padding:6px 8px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.count{margin-inline-start:4px;padding:1px 7px;border-radius:9px;background:var(--accent-soft);color:var(--accent)}.field{margin:2px 8px 6px;width:calc(100% - 16px)}li{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px}.user{flex:1 1 200px;min-width:0;min-height:60px;gap:12px;border-radius:12px;padding:8px;text-align:start}.name,.note{display:block}.note{font-size:0.8125rem}.actions{display:flex;gap:8px;padding-inline:8px}.actions .button{min-height:38px;padding-inline:14px}.plane{color:var(--accent)}.plane .icon:dir(rtl){scale:-1 1}.empty-text{padding:6px 8px}.problem{width:auto;margin:8px}`,S=6e3,C=({relation:e,user:t})=>`${e}/${t.id}`,w=class extends g{constructor(...e){super(...e),this.query=``,this.busy=!1,this.problem=``,this.declined=/* @__PURE__ */ new Map,this.updateEvents=[`state`],this.#e=new y(this),this.#t=new v(this),this.#c=e=>{let{relation:t,user:n}=e,r=i(n);return this.declined.has(C(e))?this.#o(n,c.requestDeclined,this.#s(c.undo,r,()=>this.#v(e))):this.#o(n,c.wantsToConnect,m`${this.#s(c.accept,r,()=>this.#y(()=>this.client.acceptRelation(t,{id:n.id})),!0)}${this.#s(c.decline,r,()=>this.#_(e))}`)},this.#l=({relation:e,user:t})=>this.#o(t,c.requestSent,this.#f(e,t)),this.#u=({user:e})=>this.#o(e,``,this.#p(e))}#e;#t;#n;static{this.styles=[r,n,b,x]}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}focusComposer(){return this.focusHeading()}disconnectedCallback(){super.disconnectedCallback();for(let e of this.#e.of(this.client).received){let t=this.declined.get(C(e));t!==void 0&&(clearTimeout(t),this.client.unrelate(e.relation,{id:e.user.id}).catch(()=>{}))}this.declined=/* @__PURE__ */ new Map}willUpdate(e){super.willUpdate(e);let{items:t}=this.#e.of(this.client);t!==this.#n&&(this.#n=t,this.#t.search(this.client,this.query))}updated(){this.sentinel?.observe()}render(){let e=this.#e.of(this.client);return m`
<causerie-page-header .heading=${c.network}></causerie-page-header>
<div class="scroller">
<div class="column">
${this.problem?m`<p class="problem" role="alert">${this.problem}</p>`:``}
${this.#r(e.state===`failed`)}
${this.#i(`received`,c.requests,e.received.map(this.#c))}
${this.#i(`sent`,c.sentRequests,e.sent.map(this.#l))}
${this.#i(`friends`,c.friends,e.mutual.map(this.#u),e.state===`loaded`?c.noFriends:``)}
<section aria-labelledby="people">
<h3 id="people">${c.findPeople}</h3>
<input
class="field"
type="search"
autocomplete="off"
aria-label=${c.findPeople}
placeholder=${c.searchUsers}
.value=${t(this.query)}
@input=${this.#g}
/>
${this.#a()}
</section>
${this.#t.more?m`<causerie-load-sentinel
.problem=${this.#t.problem}
@causerie-load=${()=>this.#t.loadMore()}
></causerie-load-sentinel>`:``}
</div>
</div>
`}#r(e){return e?m`<p class="problem" role="alert">${c.loadFailed}
<button class="button" @click=${()=>this.#e.of(this.client).load()}>${c.tryAgain}</button></p>`:``}#i(e,t,n,r=``){return!n.length&&!r?``:m`<section aria-labelledby=${e}>
<h3 id=${e}>${t}${n.length?m` <span class="count">${d(n.length)}</span>`:``}</h3>
${n.length?m`<ul>${n}</ul>`:m`<p class="muted empty-text">${r}</p>`}
</section>`}#a(){let{hits:e,problem:t,more:n}=this.#t;if(t&&!n)return m`<p class="problem" role="alert">${t}</p>`;if(!e)return m`<p class="muted empty-text">${c.loading}</p>`;let r=this.query.trim()!==``,i=r?e:e.filter(({mayRequest:e})=>e.length);return i.length?m`<ul>
${i.map(e=>this.#d(e))}
</ul>`:r&&!n?m`<causerie-reach-help searched></causerie-reach-help>`:``}#o(e,t,n){let r=i(e);return m`<li>
<button class="user" @click=${()=>this.#m(e)}>
<causerie-avatar .name=${r} .key=${s(e)}></causerie-avatar>
<span><span class="name clip" dir="auto">${r}</span>${t?m`<span class="note muted clip">${t}</span>`:``}</span>
</button>
<span class="actions">${n}</span>
</li>`}#s(e,t,n,r=!1){return m`<button
class="button ${r?`primary`:``}"
aria-label=${c.actionFor(e,t)}
?disabled=${this.busy}
@click=${n}
>
${e}
</button>`}#c;#l;#u;#d({user:e,mayRequest:t}){let{received:n,sent:r}=this.#e.of(this.client),a=t=>t.user.id===e.id,o=n.find(a);if(o)return this.#c(o);let s=r.find(a);if(s)return this.#l(s);let[l]=t;return l===void 0?this.#o(e,``,this.#p(e)):this.#o(e,``,this.#s(c.sendRequest,i(e),()=>this.#y(()=>this.client.relate(l,{id:e.id}))))}#f(e,t){return this.#s(c.withdraw,i(t),()=>this.#y(()=>this.client.unrelate(e,{id:t.id})))}#p(e){let t=this.#t.hits?.find(t=>t.user.id===e.id);if(!t?.can.has(`start`))return``;let n=c.writeTo(i(e));return m`<button
class="icon-button plane"
aria-label=${n}
title=${n}
@click=${()=>this.#h(t.conversationId??h(e.id))}
>
${_}
</button>`}#m(e){let t=this.#t.hits?.find(t=>t.user.id===e.id);this.#h(p(t?.conversationId??h(e.id)))}#h(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}#g(e){this.query=e.target.value,this.#t.search(this.client,this.query,!0)}#_(e){let{relation:t,user:n}=e,r=()=>{this.#v(e),this.#y(()=>this.client.unrelate(t,{id:n.id}))};this.declined=new Map(this.declined).set(C(e),setTimeout(r,S))}#v(e){let t=new Map(this.declined);clearTimeout(t.get(C(e))),t.delete(C(e)),this.declined=t}async#y(e){this.busy=!0,this.problem=``;try{await e()}catch(e){this.problem=u(e)}finally{this.busy=!1}}};l([f()],w.prototype,`query`,void 0),l([f()],w.prototype,`busy`,void 0),l([f()],w.prototype,`problem`,void 0),l([f()],w.prototype,`declined`,void 0),l([e(`causerie-page-header`)],w.prototype,`header`,void 0),l([e(`causerie-load-sentinel`)],w.prototype,`sentinel`,void 0),w=l([o(`causerie-network-page`)],w);export{w as NetworkPage};