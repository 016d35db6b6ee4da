import{B as e,C as t,F as n,G as r,H as i,I as a,J as o,M as s,Q as c,S as l,U as u,V as d,W as f,X as p,Y as m,b as h,h as g,j as _,o as v,y}from"./index-DnB8i7x1.js";import"./conversation-actions-E-AtWJfw.js";import"./group-dialog-BxEEakyt.js";import"./confirm-dialog-DxbAFRCp.js";import{a as b,c as x}from"./conversation-DU7gPpro.js";import{n as S,t as C}from"./row-styles-D_jo4lPF.js";import{n as w}from"./contact-actions-CeDw0i8v.js";import{c as T,r as E}from"./popup-D85zn-EO.js";var D=m` .head{display:grid;gap:4px;justify-items:center;padding:24px 20px 16px;text-align:center;--avatar-size:88px}h3{margin:10px 0 0;font-size:1.125rem;font-weight:650;line-height:1.3;overflow-wrap:anywhere}.part{padding:8px;border-top:1px solid var(--border)}causerie-contact-actions{padding:0 20px 16px}.problem{margin:0 16px 12px;padding:8px 14px;border-radius:12px;background:var(--danger-soft);color:var(--danger);font-size:0.875rem}`,O=8,k=class extends e{constructor(...e){super(...e),this.members=[],this.more=!0,this.problem=``,this.filter=``,this.updateEvents=[],this.#e=``,this.#t=0,this.#n=!1,this.#s=async()=>{let{removing:e,conversation:t}=this;if(!e)return;let n=``;try{await this.client.removeMember(t.id,e.user.id)}catch(e){n=p(e)}this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:n}))}}#e;#t;#n;static{this.styles=[a,S,m` :host{display:flex;min-height:0;--avatar-size:40px}.scroller{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}h3{margin:0;padding:12px 20px 4px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.members{border-top:1px solid var(--border);padding-bottom:12px}.search{padding:4px 16px}ul{padding-inline:8px}li{display:flex;align-items:center}.user{flex:1;min-width:0;min-height:54px;gap:12px;border-radius:12px;text-align:start}.name{display:block}.user > .tag{flex:none;padding:1px 8px;border:1px solid var(--border);border-radius:9px;color:var(--muted);font-size:0.75rem}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);!e.has(`conversation`)||t?.id===this.conversation.id&&A(t,this.conversation)||(t?.id!==this.conversation.id&&(this.members=[],this.filter=``),this.#t++,this.#e=``,this.#n=!1,this.more=!0,this.#c())}render(){let{removing:e,filter:t}=this,n=t.trim()?this.members.filter(({user:e})=>v(h(e),t)):this.members,r=e?h(e.user):``;return o`<div class="scroller">
<div>
<slot></slot>
<section class="members" aria-labelledby="heading">
<h3 id="heading">${c.members(this.conversation.memberCount)}</h3>
${this.conversation.memberCount>=O?this.#r():``}
<ul>
${g(n,({user:e})=>e.id,e=>o`<li>${this.#i(e)}</li>`)}
</ul>
</section>
${this.more?o`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${()=>this.#c()}></causerie-load-sentinel>`:``}
</div>
<causerie-confirm-dialog
.heading=${c.removeMemberTitle(r)}
.text=${c.removeMemberText}
.action=${c.removeMember}
@causerie-confirm=${this.#s}
></causerie-confirm-dialog>
</div>`}#r(){return o`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-label=${c.searchMembers}
placeholder=${c.searchMembers}
.value=${this.filter}
@input=${e=>{this.filter=e.target.value}}
/>
</div>`}#i(e){let{user:t,role:n}=e,r=t.id===this.client.me?.id,i=h(t),a=o`<causerie-avatar .name=${i} .key=${y(t)}></causerie-avatar>
<span><span class="name clip" dir="auto">${r?c.you:i}</span></span>
${n===`owner`?o`<span class="tag">${c.owner}</span>`:``}`;if(r)return o`<div class="user">${a}</div>`;let s=c.remove(i);return o`<button class="user" @click=${()=>this.#a(t.id)}>${a}</button>
${this.conversation.capabilities.has(`remove_member`)?o`<button class="icon-button" aria-label=${s} title=${s} @click=${()=>this.#o(e)}>${x}</button>`:``}`}#a(e){let t=s(n(e));this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:t,bubbles:!0,composed:!0}))}async#o(e){this.removing=e,await this.updateComplete,this.confirm.show()}#s;async#c(){if(this.#n)return;let e=this.#t,t=this.#e===``;this.#n=!0,this.problem=``;try{let{items:n,nextCursor:r}=await this.client.listMembers(this.conversation.id,this.#e);if(e!==this.#t)return;this.members=t?n:[...this.members,...n],this.#e=r,this.more=r!==``}catch{e===this.#t&&(this.problem=c.membersFailed)}finally{e===this.#t&&(this.#n=!1)}await this.updateComplete,this.sentinel?.observe()}};d([f({attribute:!1})],k.prototype,`conversation`,void 0),d([u()],k.prototype,`members`,void 0),d([u()],k.prototype,`more`,void 0),d([u()],k.prototype,`problem`,void 0),d([u()],k.prototype,`filter`,void 0),d([u()],k.prototype,`removing`,void 0),d([i(`causerie-load-sentinel`)],k.prototype,`sentinel`,void 0),d([i(`causerie-confirm-dialog`)],k.prototype,`confirm`,void 0),k=d([r(`causerie-member-list`)],k);function A(e,t){let n=({members:e})=>e.map(({user:e,role:t})=>`${e.id} ${t} ${e.name}`).join();return e.memberCount===t.memberCount&&n(e)===n(t)}var j=class extends e{constructor(...e){super(...e),this.problem=``,this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.problem=e.detail}}static{this.styles=[a,C,D,m` :host{display:flex}causerie-member-list{flex:1;min-width:0}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);t&&t.id!==this.conversation.id&&(this.problem=``)}render(){let{conversation:e,client:n}=this,r=t(e,n.me?.id);return o`<causerie-member-list .client=${n} .conversation=${e} @causerie-problem=${this.#e}>
<div class="head">
<causerie-avatar kind="group" .name=${r} .key=${e.id}></causerie-avatar>
<h3><bdi>${r}</bdi></h3>
<p class="muted">${c.members(e.memberCount)}</p>
</div>
${this.problem?o`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${e.capabilities.has(`add_member`)?o`<button class="row" @click=${()=>this.dialog.show()}>${_}<span>${c.addPeople}</span></button>`:``}
<causerie-conversation-actions
expanded
.client=${n}
.conversation=${e}
@causerie-problem=${this.#e}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>
</div>
</causerie-member-list>
<causerie-group-dialog .client=${n} .conversation=${e}></causerie-group-dialog>`}#e};d([f({attribute:!1})],j.prototype,`conversation`,void 0),d([u()],j.prototype,`problem`,void 0),d([i(`causerie-group-dialog`)],j.prototype,`dialog`,void 0),j=d([r(`causerie-group-details`)],j);var M=`block`,N=class extends e{constructor(...e){super(...e),this.problem=``,this.updateEvents=[`presence`,`state`],this.#e=new w(this),this.#t=()=>{},this.#i=e=>{e.stopPropagation(),this.problem=e.detail}}#e;#t;static{this.styles=[a,C,D,m` :host{display:block;overflow-y:auto}`]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#t()}willUpdate(e){super.willUpdate(e),(e.has(`user`)||e.has(`client`))&&(e.get(`user`)?.id!==this.user.id&&(this.problem=``),this.#s())}render(){let{user:e,client:t,conversation:n,question:r}=this,i=h(e),a=t.presence(e.id);return o`
<div class="head">
<causerie-avatar .name=${i} .key=${y(e)} ?online=${a?.online??!1}></causerie-avatar>
<h3><bdi>${i}</bdi></h3>
<p class="muted">${b(a)}</p>
</div>
<causerie-contact-actions .client=${t} .user=${e}></causerie-contact-actions>
${this.problem?o`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${n?o`<causerie-conversation-actions
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
`}#n(e){let{user:t,client:n}=this,r={id:t.id},{can:i,relations:a=[]}=this.#e.of(n,t)??{},s=a.find(({state:e,direction:t})=>e===`accepted`&&t===`mutual`),l=a.some(({relation:e,direction:t})=>e===M&&t===`outgoing`),u=t=>({heading:c.removeFriendTitle(e),text:c.removeFriendText,action:c.removeFriend,run:()=>n.unrelate(t,r)}),d={heading:c.blockTitle(e),text:c.blockText,action:c.block,run:()=>n.relate(M,r)};return o`${s?this.#r(T,c.removeFriend,()=>this.#a(u(s.relation))):``}
${l?this.#r(E,c.unblock,()=>this.#o(()=>n.unrelate(M,r))):i?.has(`block`)?this.#r(E,c.block,()=>this.#a(d)):``}`}#r(e,t,n){return o`<li><button class="row" @click=${n}>${e}<span>${t}</span></button></li>`}#i;async#a(e){this.question=e,await this.updateComplete,this.confirm.show()}async#o(e){this.problem=``;try{await e(this.client)}catch(e){this.problem=p(e)}}#s(){this.#t(),this.#t=this.client.watchPresence([this.user.id])}};d([f({attribute:!1})],N.prototype,`user`,void 0),d([f({attribute:!1})],N.prototype,`conversation`,void 0),d([u()],N.prototype,`question`,void 0),d([u()],N.prototype,`problem`,void 0),d([i(`causerie-confirm-dialog`)],N.prototype,`confirm`,void 0),N=d([r(`causerie-user-details`)],N);var P=class extends e{constructor(...e){super(...e),this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.#t(`causerie-mark-unread`)}}static{this.styles=[a,m` :host{display:flex;min-height:0}section{flex:1;display:flex;flex-direction:column;min-width:0;min-height:0;background:var(--surface);border-inline-start:1px solid var(--border)}header{flex:none;display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 10px 20px;border-bottom:1px solid var(--border)}h2{flex:1;font-size:1rem;font-weight:650}section > :last-child{flex:1;min-height:0}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}focusComposer(){return this.focusHeading()}render(){let{conversation:e,client:t}=this,n=e?l(e,t.me?.id):this.user;return o`<section aria-labelledby="heading" @causerie-mark-unread=${this.#e}>
<header>
<h2 id="heading" tabindex="-1">${c.detailsTitle}</h2>
<button class="icon-button" aria-label=${c.close} title=${c.close} @click=${()=>this.#t(`causerie-details`)}>
${x}
</button>
</header>
${n?o`<causerie-user-details .client=${t} .user=${n} .conversation=${e}></causerie-user-details>`:e?o`<causerie-group-details .client=${t} .conversation=${e}></causerie-group-details>`:o`<div></div>`}
</section>`}#e;#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};d([f({attribute:!1})],P.prototype,`conversation`,void 0),d([f({attribute:!1})],P.prototype,`user`,void 0),d([i(`h2`)],P.prototype,`heading`,void 0),P=d([r(`causerie-details-pane`)],P);export{P as DetailsPane};