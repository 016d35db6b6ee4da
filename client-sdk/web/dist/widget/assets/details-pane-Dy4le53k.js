import{A as e,E as t,F as n,J as r,L as i,M as a,N as o,P as s,Q as c,R as l,T as u,W as d,Y as f,d as p,j as m,p as h,q as g,v as _,w as v}from"./base-BsNUvOP0.js";import"./conversation-actions-C0BXK8p5.js";import"./group-dialog-D3SCyzLA.js";import"./confirm-dialog-B1XtGNKz.js";import{a as y,c as b}from"./conversation-Cpt6OSxw.js";import{n as x,t as S}from"./row-styles-CLm_7buF.js";import{r as C}from"./panel-C2MLlGep.js";import{n as w}from"./contact-actions-DiHtsXPP.js";import{c as T,r as E}from"./popup-Bu5Y8ocB.js";var D=r` .head{display:grid;gap:4px;justify-items:center;padding:24px 20px 16px;text-align:center;--avatar-size:88px}h3{margin:10px 0 0;font-size:1.125rem;font-weight:650;line-height:1.3;overflow-wrap:anywhere}.part{padding:8px;border-top:1px solid var(--border)}causerie-contact-actions{padding:0 20px 16px}.problem{margin:0 16px 12px;padding:8px 14px;border-radius:12px;background:var(--danger-soft);color:var(--danger);font-size:0.875rem}`,O=8,k=class extends v{constructor(...e){super(...e),this.members=[],this.more=!0,this.problem=``,this.filter=``,this.updateEvents=[],this.#e=``,this.#t=0,this.#n=!1,this.#s=async()=>{let{removing:e,conversation:t}=this;if(!e)return;let n=``;try{await this.client.removeMember(t.id,e.user.id)}catch(e){n=f(e)}this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:n}))}}#e;#t;#n;static{this.styles=[t,x,r` :host{display:flex;min-height:0;--avatar-size:40px}.scroller{flex:1;min-width:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin}h3{margin:0;padding:12px 20px 4px;font-size:0.8125rem;font-weight:650;color:var(--muted)}.members{border-top:1px solid var(--border);padding-bottom:12px}.search{padding:4px 16px}ul{padding-inline:8px}li{display:flex;align-items:center}.user{flex:1;min-width:0;min-height:54px;gap:12px;border-radius:12px;text-align:start}.name{display:block}.user > .tag{flex:none;padding:1px 8px;border:1px solid var(--border);border-radius:9px;color:var(--muted);font-size:0.75rem}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);!e.has(`conversation`)||t?.id===this.conversation.id&&A(t,this.conversation)||(t?.id!==this.conversation.id&&(this.members=[],this.filter=``),this.#t++,this.#e=``,this.#n=!1,this.more=!0,this.#c())}render(){let{removing:e,filter:t}=this,r=t.trim()?this.members.filter(({user:e})=>C(n(e),t)):this.members,i=e?n(e.user):``;return g`<div class="scroller">
<div>
<slot></slot>
<section class="members" aria-labelledby="heading">
<h3 id="heading">${c.members(this.conversation.memberCount)}</h3>
${this.conversation.memberCount>=O?this.#r():``}
<ul>
${p(r,({user:e})=>e.id,e=>g`<li>${this.#i(e)}</li>`)}
</ul>
</section>
${this.more?g`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${()=>this.#c()}></causerie-load-sentinel>`:``}
</div>
<causerie-confirm-dialog
.heading=${c.removeMemberTitle(i)}
.text=${c.removeMemberText}
.action=${c.removeMember}
@causerie-confirm=${this.#s}
></causerie-confirm-dialog>
</div>`}#r(){return g`<div class="search">
<input
class="field"
type="search"
autocomplete="off"
aria-label=${c.searchMembers}
placeholder=${c.searchMembers}
.value=${this.filter}
@input=${e=>{this.filter=e.target.value}}
/>
</div>`}#i(e){let{user:t,role:r}=e,i=t.id===this.client.me?.id,a=n(t),o=g`<causerie-avatar .name=${a} .key=${s(t)}></causerie-avatar>
<span><span class="name clip" dir="auto">${i?c.you:a}</span></span>
${r===`owner`?g`<span class="tag">${c.owner}</span>`:``}`;if(i)return g`<div class="user">${o}</div>`;let l=c.remove(a);return g`<button class="user" @click=${()=>this.#a(t.id)}>${o}</button>
${this.conversation.capabilities.has(`remove_member`)?g`<button class="icon-button" aria-label=${l} title=${l} @click=${()=>this.#o(e)}>${b}</button>`:``}`}#a(e){let t=h(_(e));this.dispatchEvent(new CustomEvent(`causerie-navigate`,{detail:t,bubbles:!0,composed:!0}))}async#o(e){this.removing=e,await this.updateComplete,this.confirm.show()}#s;async#c(){if(this.#n)return;let e=this.#t,t=this.#e===``;this.#n=!0,this.problem=``;try{let{items:n,nextCursor:r}=await this.client.listMembers(this.conversation.id,this.#e);if(e!==this.#t)return;this.members=t?n:[...this.members,...n],this.#e=r,this.more=r!==``}catch{e===this.#t&&(this.problem=c.membersFailed)}finally{e===this.#t&&(this.#n=!1)}await this.updateComplete,this.sentinel?.observe()}};u([a({attribute:!1})],k.prototype,`conversation`,void 0),u([m()],k.prototype,`members`,void 0),u([m()],k.prototype,`more`,void 0),u([m()],k.prototype,`problem`,void 0),u([m()],k.prototype,`filter`,void 0),u([m()],k.prototype,`removing`,void 0),u([e(`causerie-load-sentinel`)],k.prototype,`sentinel`,void 0),u([e(`causerie-confirm-dialog`)],k.prototype,`confirm`,void 0),k=u([o(`causerie-member-list`)],k);function A(e,t){let n=({members:e})=>e.map(({user:e,role:t})=>`${e.id} ${t} ${e.name}`).join();return e.memberCount===t.memberCount&&n(e)===n(t)}var j=class extends v{constructor(...e){super(...e),this.problem=``,this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.problem=e.detail}}static{this.styles=[t,S,D,r` :host{display:flex}causerie-member-list{flex:1;min-width:0}`]}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);t&&t.id!==this.conversation.id&&(this.problem=``)}render(){let{conversation:e,client:t}=this,n=l(e,t.me?.id);return g`<causerie-member-list .client=${t} .conversation=${e} @causerie-problem=${this.#e}>
<div class="head">
<causerie-avatar kind="group" .name=${n} .key=${e.id}></causerie-avatar>
<h3><bdi>${n}</bdi></h3>
<p class="muted">${c.members(e.memberCount)}</p>
</div>
${this.problem?g`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${e.capabilities.has(`add_member`)?g`<button class="row" @click=${()=>this.dialog.show()}>${d}<span>${c.addPeople}</span></button>`:``}
<causerie-conversation-actions
expanded
.client=${t}
.conversation=${e}
@causerie-problem=${this.#e}
@causerie-mark-unread=${()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`,{bubbles:!0}))}
></causerie-conversation-actions>
</div>
</causerie-member-list>
<causerie-group-dialog .client=${t} .conversation=${e}></causerie-group-dialog>`}#e};u([a({attribute:!1})],j.prototype,`conversation`,void 0),u([m()],j.prototype,`problem`,void 0),u([e(`causerie-group-dialog`)],j.prototype,`dialog`,void 0),j=u([o(`causerie-group-details`)],j);var M=`block`,N=class extends v{constructor(...e){super(...e),this.problem=``,this.updateEvents=[`presence`,`state`],this.#e=new w(this),this.#t=()=>{},this.#i=e=>{e.stopPropagation(),this.problem=e.detail}}#e;#t;static{this.styles=[t,S,D,r` :host{display:block;overflow-y:auto}`]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),this.#t()}willUpdate(e){super.willUpdate(e),(e.has(`user`)||e.has(`client`))&&(e.get(`user`)?.id!==this.user.id&&(this.problem=``),this.#s())}render(){let{user:e,client:t,conversation:r,question:i}=this,a=n(e),o=t.presence(e.id);return g`
<div class="head">
<causerie-avatar .name=${a} .key=${s(e)} ?online=${o?.online??!1}></causerie-avatar>
<h3><bdi>${a}</bdi></h3>
<p class="muted">${y(o)}</p>
</div>
<causerie-contact-actions .client=${t} .user=${e}></causerie-contact-actions>
${this.problem?g`<p class="problem" role="alert">${this.problem}</p>`:``}
<div class="part">
${r?g`<causerie-conversation-actions
expanded
.client=${t}
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
`}#n(e){let{user:t,client:n}=this,r={id:t.id},{can:i,relations:a=[]}=this.#e.of(n,t)??{},o=a.find(({state:e,direction:t})=>e===`accepted`&&t===`mutual`),s=a.some(({relation:e,direction:t})=>e===M&&t===`outgoing`),l=t=>({heading:c.removeFriendTitle(e),text:c.removeFriendText,action:c.removeFriend,run:()=>n.unrelate(t,r)}),u={heading:c.blockTitle(e),text:c.blockText,action:c.block,run:()=>n.relate(M,r)};return g`${o?this.#r(T,c.removeFriend,()=>this.#a(l(o.relation))):``}
${s?this.#r(E,c.unblock,()=>this.#o(()=>n.unrelate(M,r))):i?.has(`block`)?this.#r(E,c.block,()=>this.#a(u)):``}`}#r(e,t,n){return g`<li><button class="row" @click=${n}>${e}<span>${t}</span></button></li>`}#i;async#a(e){this.question=e,await this.updateComplete,this.confirm.show()}async#o(e){this.problem=``;try{await e(this.client)}catch(e){this.problem=f(e)}}#s(){this.#t(),this.#t=this.client.watchPresence([this.user.id])}};u([a({attribute:!1})],N.prototype,`user`,void 0),u([a({attribute:!1})],N.prototype,`conversation`,void 0),u([m()],N.prototype,`question`,void 0),u([m()],N.prototype,`problem`,void 0),u([e(`causerie-confirm-dialog`)],N.prototype,`confirm`,void 0),N=u([o(`causerie-user-details`)],N);var P=class extends v{constructor(...e){super(...e),this.updateEvents=[],this.#e=e=>{e.stopPropagation(),this.#t(`causerie-mark-unread`)}}static{this.styles=[t,r` :host{display:flex;min-height:0}section{flex:1;display:flex;flex-direction:column;min-width:0;min-height:0;background:var(--surface);border-inline-start:1px solid var(--border)}header{flex:none;display:flex;align-items:center;gap:8px;min-height:64px;padding:10px 12px 10px 20px;border-bottom:1px solid var(--border)}h2{flex:1;font-size:1rem;font-weight:650}section > :last-child{flex:1;min-height:0}`]}async focusHeading(){await this.updateComplete,this.heading.focus()}focusComposer(){return this.focusHeading()}render(){let{conversation:e,client:t}=this,n=e?i(e,t.me?.id):this.user;return g`<section aria-labelledby="heading" @causerie-mark-unread=${this.#e}>
<header>
<h2 id="heading" tabindex="-1">${c.detailsTitle}</h2>
<button class="icon-button" aria-label=${c.close} title=${c.close} @click=${()=>this.#t(`causerie-details`)}>
${b}
</button>
</header>
${n?g`<causerie-user-details .client=${t} .user=${n} .conversation=${e}></causerie-user-details>`:e?g`<causerie-group-details .client=${t} .conversation=${e}></causerie-group-details>`:g`<div></div>`}
</section>`}#e;#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};u([a({attribute:!1})],P.prototype,`conversation`,void 0),u([a({attribute:!1})],P.prototype,`user`,void 0),u([e(`h2`)],P.prototype,`heading`,void 0),P=u([o(`causerie-details-pane`)],P);export{P as DetailsPane};