import{$ as e,H as t,I as n,K as r,L as i,N as a,R as o,U as s,V as c,W as l,X as u,Y as d,Z as f,b as p,u as m,v as h,y as g}from"./index-aE7f8jQ0.js";import{u as _}from"./conversation-DaImPoNI.js";import{t as v}from"./reach-help-Ddh4EI2M.js";import"./page-header-34VwyHQ_.js";import{t as y}from"./relations-DyrlCTYE.js";import{n as b,r as x}from"./rows-9IDOfwMn.js";var S=u` .scroller{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin;--avatar-size:44px}.column{width:100%;max-width:720px;margin-inline:auto;padding:12px 12px max(24px,env(safe-area-inset-bottom))}section{padding-block:8px}h3{margin:0;padding:6px 8px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.count{margin-inline-start:4px;padding:1px 7px;border-radius:9px;background:var(--accent-soft);color:var(--accent)}.field{margin:2px 8px 6px;width:calc(100% - 16px)}li{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px}.user{flex:1 1 200px;min-width:0;min-height:60px;gap:12px;border-radius:12px;padding:8px;text-align:start}.actions{display:flex;gap:8px;padding-inline:8px}.actions .button{min-height:38px;padding-inline:14px}.plane{color:var(--accent)}.plane .icon:dir(rtl){scale:-1 1}.empty-text{padding:6px 8px}.problem{width:auto;margin:8px}`,C=6e3,w=({relation:e,user:t})=>`${e}/${t.id}`,T=class extends c{constructor(...t){super(...t),this.query=``,this.busy=!1,this.problem=``,this.declined=new Map,this.updateEvents=[`state`],this.#e=new y(this),this.#t=new v(this),this.#c=t=>{let{relation:n,user:r}=t,i=p(r);return this.declined.has(w(t))?this.#o(r,e.requestDeclined,this.#s(e.undo,i,()=>this.#v(t))):this.#o(r,e.wantsToConnect,d`${this.#s(e.accept,i,()=>this.#y(()=>this.client.acceptRelation(n,{id:r.id})),!0)}${this.#s(e.decline,i,()=>this.#_(t))}`)},this.#l=({relation:t,user:n})=>this.#o(n,e.requestSent,this.#f(t,n)),this.#u=({user:e})=>this.#o(e,``,this.#p(e))}#e;#t;#n;static{this.styles=[i,o,b,S]}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}focusComposer(){return this.focusHeading()}disconnectedCallback(){super.disconnectedCallback();for(let e of this.#e.of(this.client).received){let t=this.declined.get(w(e));t!==void 0&&(clearTimeout(t),this.client.unrelate(e.relation,{id:e.user.id}).catch(()=>{}))}this.declined=new Map}willUpdate(e){super.willUpdate(e);let{items:t}=this.#e.of(this.client);t!==this.#n&&(this.#n=t,this.#t.search(this.client,this.query))}updated(){this.sentinel?.observe()}render(){let t=this.#e.of(this.client);return d`
<causerie-page-header .heading=${e.network}></causerie-page-header>
<div class="scroller">
<div class="column">
${this.problem?d`<p class="problem" role="alert">${this.problem}</p>`:``}
${this.#r(t.state===`failed`)}
${this.#i(`received`,e.requests,t.received.map(this.#c))}
${this.#i(`sent`,e.sentRequests,t.sent.map(this.#l))}
${this.#i(`friends`,e.friends,t.mutual.map(this.#u),t.state===`loaded`?e.noFriends:``)}
<section aria-labelledby="people">
<h3 id="people">${e.findPeople}</h3>
<input
class="field"
type="search"
autocomplete="off"
aria-label=${e.findPeople}
placeholder=${e.searchUsers}
.value=${h(this.query)}
@input=${this.#g}
/>
${this.#a()}
</section>
${this.#t.more?d`<causerie-load-sentinel
.problem=${this.#t.problem}
@causerie-load=${()=>this.#t.loadMore()}
></causerie-load-sentinel>`:``}
</div>
</div>
`}#r(t){return t?d`<p class="problem" role="alert">${e.loadFailed}
<button class="button" @click=${()=>this.#e.of(this.client).load()}>${e.tryAgain}</button></p>`:``}#i(e,t,n,r=``){return!n.length&&!r?``:d`<section aria-labelledby=${e}>
<h3 id=${e}>${t}${n.length?d` <span class="count">${m(n.length)}</span>`:``}</h3>
${n.length?d`<ul>${n}</ul>`:d`<p class="muted empty-text">${r}</p>`}
</section>`}#a(){let{hits:t,problem:n,more:r}=this.#t;if(n&&!r)return d`<p class="problem" role="alert">${n}</p>`;if(!t)return d`<p class="muted empty-text">${e.loading}</p>`;let i=this.query.trim()!==``,a=i?t:t.filter(({mayRequest:e})=>e.length);return a.length?d`<ul>
${a.map(e=>this.#d(e))}
</ul>`:i&&!r?d`<causerie-reach-help searched></causerie-reach-help>`:``}#o(e,t,n){let r=p(e);return d`<li>
<button class="user" @click=${()=>this.#m(e)}>
<causerie-avatar .name=${r} .key=${g(e)}></causerie-avatar>
${x(e,t)}
</button>
<span class="actions">${n}</span>
</li>`}#s(t,n,r,i=!1){return d`<button
class="button ${i?`primary`:``}"
aria-label=${e.actionFor(t,n)}
?disabled=${this.busy}
@click=${r}
>
${t}
</button>`}#c;#l;#u;#d({user:t,mayRequest:n}){let{received:r,sent:i}=this.#e.of(this.client),a=e=>e.user.id===t.id,o=r.find(a);if(o)return this.#c(o);let s=i.find(a);if(s)return this.#l(s);let[c]=n;return c===void 0?this.#o(t,``,this.#p(t)):this.#o(t,``,this.#s(e.sendRequest,p(t),()=>this.#y(()=>this.client.relate(c,{id:t.id}))))}#f(t,n){return this.#s(e.withdraw,p(n),()=>this.#y(()=>this.client.unrelate(t,{id:n.id})))}#p(t){let r=this.#t.hits?.find(e=>e.user.id===t.id);if(!r?.can.has(`start`))return``;let i=e.writeTo(p(t));return d`<button
class="icon-button plane"
aria-label=${i}
title=${i}
@click=${()=>this.#h(r.conversationId??n(t.id))}
>
${_}
</button>`}#m(e){let t=this.#t.hits?.find(t=>t.user.id===e.id);this.#h(a(t?.conversationId??n(e.id)))}#h(e){this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:e,bubbles:!0,composed:!0}))}#g(e){this.query=e.target.value,this.#t.search(this.client,this.query,!0)}#_(e){let{relation:t,user:n}=e,r=()=>{this.#v(e),this.#y(()=>this.client.unrelate(t,{id:n.id}))};this.declined=new Map(this.declined).set(w(e),setTimeout(r,C))}#v(e){let t=new Map(this.declined);clearTimeout(t.get(w(e))),t.delete(w(e)),this.declined=t}async#y(e){this.busy=!0,this.problem=``;try{await e()}catch(e){this.problem=f(e)}finally{this.busy=!1}}};t([l()],T.prototype,`query`,void 0),t([l()],T.prototype,`busy`,void 0),t([l()],T.prototype,`problem`,void 0),t([l()],T.prototype,`declined`,void 0),t([s(`causerie-page-header`)],T.prototype,`header`,void 0),t([s(`causerie-load-sentinel`)],T.prototype,`sentinel`,void 0),T=t([r(`causerie-network-page`)],T);export{T as NetworkPage};