import{$ as e,C as t,G as n,H as r,I as i,K as a,L as o,M as s,N as c,S as l,U as u,V as d,W as f,X as p,Y as m,Z as h,b as g,h as _,o as v,y}from"./index-aE7f8jQ0.js";import"./conversation-actions-CDdlA1D5.js";import"./group-dialog-DQ-RVhQY.js";import"./confirm-dialog-DIyPppbX.js";import{a as b,c as x}from"./conversation-DaImPoNI.js";import{n as S,r as C,t as w}from"./rows-9IDOfwMn.js";import{n as T}from"./contact-actions-fCNZuNWr.js";import{c as E,r as D}from"./popup-BsWGuwHa.js";import{t as O}from"./passing-time-ethL57Yq.js";var k=p` .head{display:grid;gap:4px;justify-items:center;padding:24px 20px 16px;text-align:center;--avatar-size:88px}h3{margin:10px 0 0;font-size:1.125rem;font-weight:650;line-height:1.3;overflow-wrap:anywhere}.part{padding:8px;border-top:1px solid var(--border)}causerie-contact-actions{padding:0 20px 16px}.problem{margin:0 16px 12px;padding:8px 14px;border-radius:12px;background:var(--danger-soft);color:var(--danger);font-size:0.875rem}`,A=8,j=class extends d{constructor(...e){super(...e),this.members=[],this.more=!0,this.problem=``,this.filter=``,this.updateEvents=[],this.#e=``,this.#t=0,this.#n=!1,this.#s=async()=>{let{removing:e,conversation:t}=this;if(!e)return;let n=``;try{await this.client.removeMember(t.id,e.user.id)}catch(e){n=h(e)}this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:n}))}}#e;#t;#n;static{this.styles=[o,S,p` :host{display:flex;min-height:0;--avatar-size:40px}.scroller{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}h3{margin:0;padding:12px 20px 4px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.members{border-top:1px solid var(--border);padding-bottom:12px}.search{padding:4px 16px}ul{padding-inline:8px}li{display:flex;align-items:center}.user{flex:1;min-width:0;min-height:54px;gap:12px;border-radius:12px;text-align:start}.user > .tag{flex:none;padding:1px 8px;border:1px solid var(--border);border-radius:9px;color:var(--muted);font-size:0.75rem}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);!e.has(`conversation`)||t?.id===this.conversation.id&&M(t,this.conversation)||(t?.id!==this.conversation.id&&(this.members=[],this.filter=``),this.#t++,this.#e=``,this.#n=!1,this.more=!0,this.#c())}render(){let{removing:t,filter:n}=this,r=n.trim()?this.members.filter(({user:e})=>v(g(e),n)):this.members,i=t?g(t.user):``;return m`<div class="scroller">
<div>
<slot></slot>
<section class="members" aria-labelledby="heading">
<h3 id="heading">${e.members(this.conversation.memberCount)}</h3>
${this.conversation.memberCount>=A?this.#r():``}
<ul>
${_(r,({user:e})=>e.id,e=>m`<li>${this.#i(e)}</li>`)}
</ul>
</section>
${this.more?m`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${()=>this.#c()}></causerie-load-sentinel>`:``}
</div>
<causerie-confirm-dialog
.heading=${e.removeMemberTitle(i)}
.text=${e.removeMemberText}
.action=${e.removeMember}
@causerie-confirm=${this.#s}
></causerie-confirm-dialog>
</div>`}#r(){return m`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-label=${e.searchMembers}
placeholder=${e.searchMembers}
.value=${this.filter}
@input=${e=>{this.filter=e.target.value}}
/>
</div>`}#i(t){let{user:n,role:r}=t,i=n.id===this.client.me?.id,a=g(n),o=m`<causerie-avatar .name=${a} .key=${y(n)}></causerie-avatar>
${C(n,``,i?e.you:a)}
${r===`owner`?m`<span class="tag">${e.owner}</span>`:``}`;if(i)return m`<div class="user">${o}</div>`;let s=e.remove(a);return m`<button class="user" @click=${()=>this.#a(n.id)}>${o}</button>
${this.conversation.capabilities.has(`remove_member`)?m`<button class="icon-button" aria-label=${s} title=${s} @click=${()=>this.#o(t)}>${x}</button>`:``}`}#a(e){let t=c(i(e));this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:t,bubbles:!0,composed:!0}))}async#o(e){this.removing=e,await this.updateComplete,this.confirm.show()}#s;async#c(){if(this.#n)return;let t=this.#t,n=this.#e===``;this.#n=!0,this.problem=``;try{let{items:e,nextCursor:r}=await this.client.listMembers(this.conversation.id,this.#e);if(t!==this.#t)return;this.members=n?e:[...this.members,...e],this.#e=r,this.more=r!==``}catch{t===this.#t&&(this.problem=e.membersFailed)}finally{t===this.#t&&(this.#n=!1)}await this.updateComplete,this.sentinel?.observe()}};r([n({attribute:!1})],j.prototype,`conversation`,void 0),r([f()],j.prototype,`members`,void 0),r([f()],j.prototype,`more`,void 0),r([f()],j.prototype,`problem`,void 0),r([f()],j.prototype,`filter`,void 0),r([f()],j.prototype,`removing`,void 0),r([u(`causerie-load-sentinel`)],j.prototype,`sentinel`,void 0),r([u(`causerie-confirm-dialog`)],j.prototype,`confirm`,void 0),j=r([a(`causerie-member-list`)],j);function M(e,t){let n=({members:e})=>e.map(({user:e,role:t})=>`${e.id} ${t} ${e.name}`).join();return e.memberCount===t.memberCount&&n(e)===n(t)}var N=class extends d{constructor(...e){super(...e),this.problem=``,this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.problem=e.detail}}static{this.styles=[o,w,k,p` :host{display:flex}causerie-member-list{flex:1;min-width:0}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);t&&t.id!==this.conversation.id&&(this.problem=``)}render(){let{conversation:n,client:r}=this,i=t(n,r.me?.id);return m`<causerie-member-list .client=${r} .conversation=${n} @causerie-problem=${this.#e}>
<div class="head">
<causerie-avatar kind="group" .name=${i} .key=${n.id}></causerie-avatar>
<h3><bdi>${i}</bdi></h3>
<p class="muted">${e.members(n.memberCount)}</p>
</div>
${this.problem?m`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${n.capabilities.has(`add_member`)?m`<button class="row" @click=${()=>this.dialog.show()}>${s}<span>${e.addPeople}</span></button>`:``}
<causerie-conversation-actions
expanded
.client=${r}
.conversation=${n}
@causerie-problem=${this.#e}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>
</div>
</causerie-member-list>
<causerie-group-dialog .client=${r} .conversation=${n}></causerie-group-dialog>`}#e};r([n({attribute:!1})],N.prototype,`conversation`,void 0),r([f()],N.prototype,`problem`,void 0),r([u(`causerie-group-dialog`)],N.prototype,`dialog`,void 0),N=r([a(`causerie-group-details`)],N);var P=`block`,F=class extends d{#e;#t;constructor(){super(),this.problem=``,this.updateEvents=[`presence`,`state`],this.#e=new T(this),this.#t=()=>{},this.#i=e=>{e.stopPropagation(),this.problem=e.detail},new O(this)}static{this.styles=[o,w,k,p` :host{display:block;overflow-y:auto}`]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#t()}willUpdate(e){super.willUpdate(e),(e.has(`user`)||e.has(`client`))&&(e.get(`user`)?.id!==this.user.id&&(this.problem=``),this.#s())}render(){let{user:e,client:t,conversation:n,question:r}=this,i=g(e),a=t.presence(e.id);return m`
<div class="head">
<causerie-avatar .name=${i} .key=${y(e)} ?online=${a?.online??!1}></causerie-avatar>
<h3><bdi>${i}</bdi></h3>
${e.about?m`<p dir="auto">${e.about}</p>`:``}
<p class="muted">${b(a)}</p>
</div>
<causerie-contact-actions .client=${t} .user=${e}></causerie-contact-actions>
${this.problem?m`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${n?m`<causerie-conversation-actions
expanded
.client=${t}
.conversation=${n}
@causerie-problem=${this.#i}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>`:``}
<ul>
${this.#n(i)}
</ul>
</div>
<causerie-confirm-dialog
.heading=${r?.heading??``}
.text=${r?.text??``}
.action=${r?.action??``}
@causerie-confirm=${()=>r&&this.#o(r.run)}
></causerie-confirm-dialog>
`}#n(t){let{user:n,client:r}=this,i={id:n.id},{can:a,relations:o=[]}=this.#e.of(r,n)??{},s=o.find(({state:e,direction:t})=>e===`accepted`&&t===`mutual`),c=o.some(({relation:e,direction:t})=>e===P&&t===`outgoing`),l=n=>({heading:e.removeFriendTitle(t),text:e.removeFriendText,action:e.removeFriend,run:()=>r.unrelate(n,i)}),u={heading:e.blockTitle(t),text:e.blockText,action:e.block,run:()=>r.relate(P,i)};return m`${s?this.#r(E,e.removeFriend,()=>this.#a(l(s.relation))):``}
${c?this.#r(D,e.unblock,()=>this.#o(()=>r.unrelate(P,i))):a?.has(`block`)?this.#r(D,e.block,()=>this.#a(u)):``}`}#r(e,t,n){return m`<li><button class="row" @click=${n}>${e}<span>${t}</span></button></li>`}#i;async#a(e){this.question=e,await this.updateComplete,this.confirm.show()}async#o(e){this.problem=``;try{await e(this.client)}catch(e){this.problem=h(e)}}#s(){this.#t(),this.#t=this.client.watchPresence([this.user.id])}};r([n({attribute:!1})],F.prototype,`user`,void 0),r([n({attribute:!1})],F.prototype,`conversation`,void 0),r([f()],F.prototype,`question`,void 0),r([f()],F.prototype,`problem`,void 0),r([u(`causerie-confirm-dialog`)],F.prototype,`confirm`,void 0),F=r([a(`causerie-user-details`)],F);var I=class extends d{constructor(...e){super(...e),this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.#t(`causerie-mark-unread`)}}static{this.styles=[o,p` :host{display:flex;min-height:0}section{flex:1;display:flex;flex-direction:column;min-width:0;min-height:0;background:var(--surface);border-inline-start:1px solid var(--border)}header{flex:none;display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 10px 20px;border-bottom:1px solid var(--border)}h2{flex:1;font-size:1rem;font-weight:650}section > :last-child{flex:1;min-height:0}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}focusComposer(){return this.focusHeading()}render(){let{conversation:t,client:n}=this,r=t?l(t,n.me?.id):this.user;return m`<section aria-labelledby="heading" @causerie-mark-unread=${this.#e}>
<header>
<h2 id="heading" tabindex="-1">${e.detailsTitle}</h2>
<button class="icon-button" aria-label=${e.close} title=${e.close} @click=${()=>this.#t(`causerie-details`)}>
${x}
</button>
</header>
${r?m`<causerie-user-details .client=${n} .user=${r} .conversation=${t}></causerie-user-details>`:t?m`<causerie-group-details .client=${n} .conversation=${t}></causerie-group-details>`:m`<div></div>`}
</section>`}#e;#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};r([n({attribute:!1})],I.prototype,`conversation`,void 0),r([n({attribute:!1})],I.prototype,`user`,void 0),r([u(`h2`)],I.prototype,`heading`,void 0),I=r([a(`causerie-details-pane`)],I);export{I as DetailsPane};