import{c as e}from"./sdk-MNvtMYiB.js";import{$ as t,A as n,D as r,E as i,F as a,J as o,M as s,N as c,O as l,P as u,S as d,T as f,X as p,Y as m,j as h,v as g,w as _}from"./base-Reduinh7.js";import"./conversation-C7AQGmcc.js";import{n as v}from"./contact-actions-Bou_8tRh.js";var y=class extends _{constructor(...t){super(...t),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=e(),this.#n=``}#e;#t;#n;static{this.styles=[i,l,r,m` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}.notice{flex:none;margin:8px 20px 16px;padding:12px 16px;border-radius:14px;background:var(--field);color:var(--muted);text-align:center;text-wrap:pretty}@container messenger (max-width: 719px){.notice{margin:6px 12px max(10px,env(safe-area-inset-bottom))}}@media (forced-colors: active){.notice{border:1px solid}}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(t){super.willUpdate(t),t.has(`user`)&&t.get(`user`)?.id!==this.user.id&&(this.problem=this.#n=``,this.sending=!1,this.#t=e())}render(){let{client:e,user:n}=this,r=a(n),i=this.#e.of(e,n),s=i!==void 0&&!i.can.has(`start`)&&i.conversationId===void 0;return o`
<causerie-chat-header exportparts="header" .client=${e} .user=${n} ?details=${this.details}></causerie-chat-header>
<div class="empty">
<causerie-avatar .name=${r} .key=${u(n)}></causerie-avatar>
<p class="name">${r}</p>
${s?o`<causerie-contact-actions .client=${e} .user=${n}></causerie-contact-actions>`:o`<p>${t.firstMessageHint}</p>`}
</div>
${this.problem?o`<p class="problem" role="alert">${this.problem}</p>`:``}
${s?o`<p class="notice">${t.cannotSendTo(r)}</p>`:o`<causerie-composer
exportparts="composer"
.drafts=${d(e.me?.id??``)}
.conversationId=${g(n.id)}
.textBytesMax=${e.limits.textBytesMax??0}
?busy=${this.sending}
@causerie-send=${this.#r}
></causerie-composer>`}
`}async#r({detail:n}){let{client:r,user:i}=this,a=d(r.me?.id??``),o=g(i.id);n!==this.#n&&(this.#t=e()),this.#n=n;let s=this.#t;this.problem=``,this.sending=!0;try{let{id:e}=await r.startDirect({id:i.id},{clientId:s,text:n});this.user.id===i.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}catch(e){a.get(o).text||a.setText(o,n),this.user.id===i.id&&(this.problem=p(e,t.startErrors))}finally{this.#t===s&&(this.sending=!1)}}};f([s({attribute:!1})],y.prototype,`user`,void 0),f([s({type:Boolean})],y.prototype,`details`,void 0),f([h()],y.prototype,`sending`,void 0),f([h()],y.prototype,`problem`,void 0),f([n(`causerie-chat-header`)],y.prototype,`header`,void 0),f([n(`causerie-composer`)],y.prototype,`composer`,void 0),y=f([c(`causerie-new-chat`)],y);export{y as NewChat};