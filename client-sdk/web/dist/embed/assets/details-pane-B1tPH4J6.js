import{$ as e,A as t,B as n,F as r,G as i,H as a,I as o,J as s,O as c,U as l,V as u,W as d,X as f,Y as p,d as m,g as h,h as g,v as _,y as v}from"./base-ChZsZa2p.js";import"./conversation-actions-CC4aS4qk.js";import"./group-dialog-_uQEkLLJ.js";import"./confirm-dialog-Bl0hbDYQ.js";import{a as y,c as b}from"./conversation-DiOG5m2d.js";import{n as x,t as S}from"./row-styles-C_W_HJAw.js";import{n as C}from"./index-BbGpYLdg.js";import{n as w}from"./contact-actions-DRbv-l6A.js";import{c as T,r as E}from"./popup-BJJPsTct.js";var D=p` .head{display:grid;gap:4px;justify-items:center;padding:24px 20px 16px;text-align:center;--avatar-size:88px}h3{margin:10px 0 0;font-size:1.125rem;font-weight:650;line-height:1.3;overflow-wrap:anywhere}.part{padding:8px;border-top:1px solid var(--border)}causerie-contact-actions{padding:0 20px 16px}.problem{margin:0 16px 12px;padding:8px 14px;border-radius:12px;background:var(--danger-soft);color:var(--danger);font-size:0.875rem}`,O=8,k=class extends n{constructor(...e){super(...e),this.members=[],this.more=!0,this.problem=``,this.filter=``,this.updateEvents=[],this.#e=``,this.#t=0,this.#n=!1,this.#s=async()=>{let{removing:e,conversation:t}=this;if(!e)return;let n=``;try{await this.client.removeMember(t.id,e.user.id)}catch(e){n=f(e)}this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:n}))}}#e;#t;#n;static{this.styles=[o,x,p` :host{display:flex;min-height:0;--avatar-size:40px}.scroller{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}h3{margin:0;padding:12px 20px 4px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.members{border-top:1px solid var(--border);padding-bottom:12px}.search{padding:4px 16px}ul{padding-inline:8px}li{display:flex;align-items:center}.user{flex:1;min-width:0;min-height:54px;gap:12px;border-radius:12px;text-align:start}.name{display:block}.user > .tag{flex:none;padding:1px 8px;border:1px solid var(--border);border-radius:9px;color:var(--muted);font-size:0.75rem}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);!e.has(`conversation`)||t?.id===this.conversation.id&&A(t,this.conversation)||(t?.id!==this.conversation.id&&(this.members=[],this.filter=``),this.#t++,this.#e=``,this.#n=!1,this.more=!0,this.#c())}render(){let{removing:t,filter:n}=this,r=n.trim()?this.members.filter(({user:e})=>C(h(e),n)):this.members,i=t?h(t.user):``;return s`<div class="scroller">
<div>
<slot></slot>
<section class="members" aria-labelledby="heading">
<h3 id="heading">${e.members(this.conversation.memberCount)}</h3>
${this.conversation.memberCount>=O?this.#r():``}
<ul>
${m(r,({user:e})=>e.id,e=>s`<li>${this.#i(e)}</li>`)}
</ul>
</section>
${this.more?s`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${()=>this.#c()}></causerie-load-sentinel>`:``}
</div>
<causerie-confirm-dialog
.heading=${e.removeMemberTitle(i)}
.text=${e.removeMemberText}
.action=${e.removeMember}
@causerie-confirm=${this.#s}
></causerie-confirm-dialog>
</div>`}#r(){return s`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-label=${e.searchMembers}
placeholder=${e.searchMembers}
.value=${this.filter}
@input=${e=>{this.filter=e.target.value}}
/>
</div>`}#i(t){let{user:n,role:r}=t,i=n.id===this.client.me?.id,a=h(n),o=s`<causerie-avatar .name=${a} .key=${g(n)}></causerie-avatar>
<span><span class="name clip" dir="auto">${i?e.you:a}</span></span>
${r===`owner`?s`<span class="tag">${e.owner}</span>`:``}`;if(i)return s`<div class="user">${o}</div>`;let c=e.remove(a);return s`<button class="user" @click=${()=>this.#a(n.id)}>${o}</button>
${this.conversation.capabilities.has(`remove_member`)?s`<button class="icon-button" aria-label=${c} title=${c} @click=${()=>this.#o(t)}>${b}</button>`:``}`}#a(e){let n=t(r(e));this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:n,bubbles:!0,composed:!0}))}async#o(e){this.removing=e,await this.updateComplete,this.confirm.show()}#s;async#c(){if(this.#n)return;let t=this.#t,n=this.#e===``;this.#n=!0,this.problem=``;try{let{items:e,nextCursor:r}=await this.client.listMembers(this.conversation.id,this.#e);if(t!==this.#t)return;this.members=n?e:[...this.members,...e],this.#e=r,this.more=r!==``}catch{t===this.#t&&(this.problem=e.membersFailed)}finally{t===this.#t&&(this.#n=!1)}await this.updateComplete,this.sentinel?.observe()}};u([d({attribute:!1})],k.prototype,`conversation`,void 0),u([l()],k.prototype,`members`,void 0),u([l()],k.prototype,`more`,void 0),u([l()],k.prototype,`problem`,void 0),u([l()],k.prototype,`filter`,void 0),u([l()],k.prototype,`removing`,void 0),u([a(`causerie-load-sentinel`)],k.prototype,`sentinel`,void 0),u([a(`causerie-confirm-dialog`)],k.prototype,`confirm`,void 0),k=u([i(`causerie-member-list`)],k);function A(e,t){let n=({members:e})=>e.map(({user:e,role:t})=>`${e.id} ${t} ${e.name}`).join();return e.memberCount===t.memberCount&&n(e)===n(t)}var j=class extends n{constructor(...e){super(...e),this.problem=``,this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.problem=e.detail}}static{this.styles=[o,S,D,p` :host{display:flex}causerie-member-list{flex:1;min-width:0}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);t&&t.id!==this.conversation.id&&(this.problem=``)}render(){let{conversation:t,client:n}=this,r=v(t,n.me?.id);return s`<causerie-member-list .client=${n} .conversation=${t} @causerie-problem=${this.#e}>
<div class="head">
<causerie-avatar kind="group" .name=${r} .key=${t.id}></causerie-avatar>
<h3><bdi>${r}</bdi></h3>
<p class="muted">${e.members(t.memberCount)}</p>
</div>
${this.problem?s`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${t.capabilities.has(`add_member`)?s`<button class="row" @click=${()=>this.dialog.show()}>${c}<span>${e.addPeople}</span></button>`:``}
<causerie-conversation-actions
expanded
.client=${n}
.conversation=${t}
@causerie-problem=${this.#e}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>
</div>
</causerie-member-list>
<causerie-group-dialog .client=${n} .conversation=${t}></causerie-group-dialog>`}#e};u([d({attribute:!1})],j.prototype,`conversation`,void 0),u([l()],j.prototype,`problem`,void 0),u([a(`causerie-group-dialog`)],j.prototype,`dialog`,void 0),j=u([i(`causerie-group-details`)],j);var M=`block`,N=class extends n{constructor(...e){super(...e),this.problem=``,this.updateEvents=[`presence`,`state`],this.#e=new w(this),this.#t=()=>{},this.#i=e=>{e.stopPropagation(),this.problem=e.detail}}#e;#t;static{this.styles=[o,S,D,p` :host{display:block;overflow-y:auto}`]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#t()}willUpdate(e){super.willUpdate(e),(e.has(`user`)||e.has(`client`))&&(e.get(`user`)?.id!==this.user.id&&(this.problem=``),this.#s())}render(){let{user:e,client:t,conversation:n,question:r}=this,i=h(e),a=t.presence(e.id);return s`
<div class="head">
<causerie-avatar .name=${i} .key=${g(e)} ?online=${a?.online??!1}></causerie-avatar>
<h3><bdi>${i}</bdi></h3>
<p class="muted">${y(a)}</p>
</div>
<causerie-contact-actions .client=${t} .user=${e}></causerie-contact-actions>
${this.problem?s`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${n?s`<causerie-conversation-actions
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
`}#n(t){let{user:n,client:r}=this,i={id:n.id},{can:a,relations:o=[]}=this.#e.of(r,n)??{},c=o.find(({state:e,direction:t})=>e===`accepted`&&t===`mutual`),l=o.some(({relation:e,direction:t})=>e===M&&t===`outgoing`),u=n=>({heading:e.removeFriendTitle(t),text:e.removeFriendText,action:e.removeFriend,run:()=>r.unrelate(n,i)}),d={heading:e.blockTitle(t),text:e.blockText,action:e.block,run:()=>r.relate(M,i)};return s`${c?this.#r(T,e.removeFriend,()=>this.#a(u(c.relation))):``}
${l?this.#r(E,e.unblock,()=>this.#o(()=>r.unrelate(M,i))):a?.has(`block`)?this.#r(E,e.block,()=>this.#a(d)):``}`}#r(e,t,n){return s`<li><button class="row" @click=${n}>${e}<span>${t}</span></button></li>`}#i;async#a(e){this.question=e,await this.updateComplete,this.confirm.show()}async#o(e){this.problem=``;try{await e(this.client)}catch(e){this.problem=f(e)}}#s(){this.#t(),this.#t=this.client.watchPresence([this.user.id])}};u([d({attribute:!1})],N.prototype,`user`,void 0),u([d({attribute:!1})],N.prototype,`conversation`,void 0),u([l()],N.prototype,`question`,void 0),u([l()],N.prototype,`problem`,void 0),u([a(`causerie-confirm-dialog`)],N.prototype,`confirm`,void 0),N=u([i(`causerie-user-details`)],N);var P=class extends n{constructor(...e){super(...e),this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.#t(`causerie-mark-unread`)}}static{this.styles=[o,p` :host{display:flex;min-height:0}section{flex:1;display:flex;flex-direction:column;min-width:0;min-height:0;background:var(--surface);border-inline-start:1px solid var(--border)}header{flex:none;display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 10px 20px;border-bottom:1px solid var(--border)}h2{flex:1;font-size:1rem;font-weight:650}section > :last-child{flex:1;min-height:0}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}focusComposer(){return this.focusHeading()}render(){let{conversation:t,client:n}=this,r=t?_(t,n.me?.id):this.user;return s`<section aria-labelledby="heading" @causerie-mark-unread=${this.#e}>
<header>
<h2 id="heading" tabindex="-1">${e.detailsTitle}</h2>
<button class="icon-button" aria-label=${e.close} title=${e.close} @click=${()=>this.#t(`causerie-details`)}>
${b}
</button>
</header>
${r?s`<causerie-user-details .client=${n} .user=${r} .conversation=${t}></causerie-user-details>`:t?s`<causerie-group-details .client=${n} .conversation=${t}></causerie-group-details>`:s`<div></div>`}
</section>`}#e;#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};u([d({attribute:!1})],P.prototype,`conversation`,void 0),u([d({attribute:!1})],P.prototype,`user`,void 0),u([a(`h2`)],P.prototype,`heading`,void 0),P=u([i(`causerie-details-pane`)],P);export{P as DetailsPane};