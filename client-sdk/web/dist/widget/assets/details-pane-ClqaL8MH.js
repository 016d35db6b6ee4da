import{$ as e,A as t,C as n,D as r,E as i,N as a,O as o,P as s,T as c,W as l,X as u,ct as d,dt as f,j as p,k as m,l as h,mt as g,p as _,ut as v,v as y,w as b,y as x,z as S}from"./base-DqcMDlV7.js";import"./conversation-actions-D78cF9xE.js";import"./group-dialog-BB-hWB05.js";import{t as C}from"./lit-BgtTjuHI.js";import"./confirm-dialog-DQ2a-c5a.js";import{i as w}from"./panel-dg_oWikD.js";import{n as T}from"./contact-actions-BYpbkAkr.js";import{t as E}from"./presence-text-nV5SCSRP.js";var D=v` .head{display:grid;gap:4px;justify-items:center;padding:24px 20px 16px;text-align:center;--avatar-size:88px}h3{margin:10px 0 0;font-size:1.125rem;font-weight:650;line-height:1.3;overflow-wrap:anywhere}.part{padding:8px;border-top:1px solid var(--border)}causerie-contact-actions{padding:0 20px 16px}.problem{margin:0 16px 12px;padding:8px 14px;border-radius:12px;background:var(--danger-soft);color:var(--danger);font-size:0.875rem}`,O=8,k=class extends b{constructor(...e){super(...e),this.members=[],this.more=!0,this.problem=``,this.filter=``,this.updateEvents=[],this.#e=``,this.#t=0,this.#n=!1,this.#s=async()=>{let{removing:e,conversation:t}=this;if(!e)return;let n=``;try{await this.client.removeMember(t.id,e.user.id)}catch(e){n=f(e)}this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:n}))}}#e;#t;#n;static{this.styles=[x,n,v` :host{display:flex;min-height:0;--avatar-size:40px}.scroller{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}h3{margin:0;padding:12px 20px 4px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.members{border-top:1px solid var(--border);padding-bottom:12px}.search{padding:4px 16px}ul{padding-inline:8px}li{display:flex;align-items:center}.user{flex:1;min-width:0;min-height:54px;gap:12px;border-radius:12px;text-align:start}.name{display:block}.tag{flex:none;padding:1px 8px;border:1px solid var(--border);border-radius:9px;color:var(--muted);font-size:0.75rem}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);!e.has(`conversation`)||t?.id===this.conversation.id&&A(t,this.conversation)||(t?.id!==this.conversation.id&&(this.members=[],this.filter=``),this.#t++,this.#e=``,this.#n=!1,this.more=!0,this.#c())}render(){let{removing:e,filter:t}=this,n=t.trim()?this.members.filter(({user:e})=>w(p(e),t)):this.members,r=e?p(e.user):``;return d`<div class="scroller">
<div>
<slot></slot>
<section class="members" aria-labelledby="heading">
<h3 id="heading">${g.members(this.conversation.memberCount)}</h3>
${this.conversation.memberCount>=O?this.#r():``}
<ul>
${C(n,({user:e})=>e.id,e=>d`<li>${this.#i(e)}</li>`)}
</ul>
</section>
${this.more?d`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${()=>this.#c()}></causerie-load-sentinel>`:``}
</div>
<causerie-confirm-dialog
.heading=${g.removeMemberTitle(r)}
.text=${g.removeMemberText}
.action=${g.removeMember}
@causerie-confirm=${this.#s}
></causerie-confirm-dialog>
</div>`}#r(){return d`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-label=${g.searchMembers}
placeholder=${g.searchMembers}
.value=${this.filter}
@input=${e=>{this.filter=e.target.value}}
/>
</div>`}#i(e){let{user:n,role:r}=e,i=n.id===this.client.me?.id,a=p(n),o=d`<causerie-avatar .name=${a} .key=${t(n)}></causerie-avatar>
<span><span class="name clip">${i?g.you:a}</span></span>
${r===`owner`?d`<span class="tag">${g.owner}</span>`:``}`;if(i)return d`<div class="user">${o}</div>`;let s=g.remove(a);return d`<button class="user" @click=${()=>this.#a(n.id)}>${o}</button>
${this.conversation.capabilities.has(`remove_member`)?d`<button class="icon-button" aria-label=${s} title=${s} @click=${()=>this.#o(e)}>${l}</button>`:``}`}#a(e){let t=h(_(e));this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:t,bubbles:!0,composed:!0}))}async#o(e){this.removing=e,await this.updateComplete,this.confirm.show()}#s;async#c(){if(this.#n)return;let e=this.#t,t=this.#e===``;this.#n=!0,this.problem=``;try{let{items:n,nextCursor:r}=await this.client.listMembers(this.conversation.id,this.#e);if(e!==this.#t)return;this.members=t?n:[...this.members,...n],this.#e=r,this.more=r!==``}catch{e===this.#t&&(this.problem=g.membersFailed)}finally{e===this.#t&&(this.#n=!1)}await this.updateComplete,this.sentinel?.observe()}};c([o({attribute:!1})],k.prototype,`conversation`,void 0),c([r()],k.prototype,`members`,void 0),c([r()],k.prototype,`more`,void 0),c([r()],k.prototype,`problem`,void 0),c([r()],k.prototype,`filter`,void 0),c([r()],k.prototype,`removing`,void 0),c([i(`causerie-load-sentinel`)],k.prototype,`sentinel`,void 0),c([i(`causerie-confirm-dialog`)],k.prototype,`confirm`,void 0),k=c([m(`causerie-member-list`)],k);function A(e,t){let n=({members:e})=>e.map(({user:e,role:t})=>`${e.id} ${t} ${e.name}`).join();return e.memberCount===t.memberCount&&n(e)===n(t)}var j=class extends b{constructor(...e){super(...e),this.problem=``,this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.problem=e.detail}}static{this.styles=[x,y,D,v` :host{display:flex}causerie-member-list{flex:1;min-width:0}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);t&&t.id!==this.conversation.id&&(this.problem=``)}render(){let{conversation:t,client:n}=this,r=s(t,n.me?.id);return d`<causerie-member-list .client=${n} .conversation=${t} @causerie-problem=${this.#e}>
<div class="head">
<causerie-avatar kind="group" .name=${r} .key=${t.id}></causerie-avatar>
<h3><bdi>${r}</bdi></h3>
<p class="muted">${g.members(t.memberCount)}</p>
</div>
${this.problem?d`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${t.capabilities.has(`add_member`)?d`<button class="row" @click=${()=>this.dialog.show()}>${e}<span>${g.addPeople}</span></button>`:``}
<causerie-conversation-actions
expanded
.client=${n}
.conversation=${t}
@causerie-problem=${this.#e}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>
</div>
</causerie-member-list>
<causerie-group-dialog .client=${n} .conversation=${t}></causerie-group-dialog>`}#e};c([o({attribute:!1})],j.prototype,`conversation`,void 0),c([r()],j.prototype,`problem`,void 0),c([i(`causerie-group-dialog`)],j.prototype,`dialog`,void 0),j=c([m(`causerie-group-details`)],j);var M=`block`,N=class extends b{constructor(...e){super(...e),this.problem=``,this.updateEvents=[`presence`,`state`],this.#e=new T(this),this.#t=()=>{},this.#i=e=>{e.stopPropagation(),this.problem=e.detail}}#e;#t;static{this.styles=[x,y,D,v` :host{display:block;overflow-y:auto}`]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#t()}willUpdate(e){super.willUpdate(e),(e.has(`user`)||e.has(`client`))&&(e.get(`user`)?.id!==this.user.id&&(this.problem=``),this.#s())}render(){let{user:e,client:n,conversation:r,question:i}=this,a=p(e),o=n.presence(e.id);return d`
<div class="head">
<causerie-avatar .name=${a} .key=${t(e)} ?online=${o?.online??!1}></causerie-avatar>
<h3><bdi>${a}</bdi></h3>
<p class="muted">${E(o)}</p>
</div>
<causerie-contact-actions .client=${n} .user=${e}></causerie-contact-actions>
${this.problem?d`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${r?d`<causerie-conversation-actions
expanded
.client=${n}
.conversation=${r}
@causerie-problem=${this.#i}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>`:``}
<ul>
${this.#n(a)}
</ul>
</div>
<causerie-confirm-dialog
.heading=${i?.heading??``}
.text=${i?.text??``}
.action=${i?.action??``}
@causerie-confirm=${()=>i&&this.#o(i.run)}
></causerie-confirm-dialog>
`}#n(e){let{user:t,client:n}=this,r={id:t.id},i=this.#e.relations(n,t),a=i.find(({state:e,direction:t})=>e===`accepted`&&t===`mutual`),o=i.some(({relation:e,direction:t})=>e===M&&t===`outgoing`),s=t=>({heading:g.removeFriendTitle(e),text:g.removeFriendText,action:g.removeFriend,run:()=>n.unrelate(t,r)}),c={heading:g.blockTitle(e),text:g.blockText,action:g.block,run:()=>n.relate(M,r)};return d`${a?this.#r(u,g.removeFriend,()=>this.#a(s(a.relation))):``}
${o?this.#r(S,g.unblock,()=>this.#o(()=>n.unrelate(M,r))):this.#r(S,g.block,()=>this.#a(c))}`}#r(e,t,n){return d`<li><button class="row" @click=${n}>${e}<span>${t}</span></button></li>`}#i;async#a(e){this.question=e,await this.updateComplete,this.confirm.show()}async#o(e){this.problem=``;try{await e(this.client)}catch(e){this.problem=f(e)}}#s(){this.#t(),this.#t=this.client.watchPresence([this.user.id])}};c([o({attribute:!1})],N.prototype,`user`,void 0),c([o({attribute:!1})],N.prototype,`conversation`,void 0),c([r()],N.prototype,`question`,void 0),c([r()],N.prototype,`problem`,void 0),c([i(`causerie-confirm-dialog`)],N.prototype,`confirm`,void 0),N=c([m(`causerie-user-details`)],N);var P=class extends b{constructor(...e){super(...e),this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.#t(`causerie-mark-unread`)}}static{this.styles=[x,v` :host{display:flex;min-height:0}section{flex:1;display:flex;flex-direction:column;min-width:0;min-height:0;background:var(--surface);border-inline-start:1px solid var(--border)}header{flex:none;display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 10px 20px;border-bottom:1px solid var(--border)}h2{flex:1;font-size:1rem;font-weight:650}section > :last-child{flex:1;min-height:0}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}focusComposer(){return this.focusHeading()}render(){let{conversation:e,client:t}=this,n=e?a(e,t.me?.id):this.user;return d`<section aria-labelledby="heading" @causerie-mark-unread=${this.#e}>
<header>
<h2 id="heading" tabindex="-1">${g.detailsTitle}</h2>
<button class="icon-button" aria-label=${g.close} title=${g.close} @click=${()=>this.#t(`causerie-details`)}>
${l}
</button>
</header>
${n?d`<causerie-user-details .client=${t} .user=${n} .conversation=${e}></causerie-user-details>`:e?d`<causerie-group-details .client=${t} .conversation=${e}></causerie-group-details>`:d`<div></div>`}
</section>`}#e;#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};c([o({attribute:!1})],P.prototype,`conversation`,void 0),c([o({attribute:!1})],P.prototype,`user`,void 0),c([i(`h2`)],P.prototype,`heading`,void 0),P=c([m(`causerie-details-pane`)],P);export{P as DetailsPane};