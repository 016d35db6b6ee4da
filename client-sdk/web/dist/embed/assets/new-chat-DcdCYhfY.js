import{n as e}from"./sdk-BwVpkwf5.js";import{G as t,H as n,I as r,K as i,L as a,R as o,S as s,U as c,V as l,W as u,X as d,Y as f,Z as p,et as m,g as h,h as g,z as _}from"./base-CNZ58isy.js";import"./conversation-Xq9yJsMB.js";import{n as v}from"./contact-actions-DHupZFWA.js";var y=class extends l{constructor(...t){super(...t),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=e(),this.#n=``}#e;#t;#n;static{this.styles=[a,_,o,d` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}.notice{flex:none;margin:8px 20px 16px;padding:12px 16px;border-radius:14px;background:var(--field);color:var(--muted);text-align:center;text-wrap:pretty}@container messenger (max-width: 719px){.notice{margin:6px 12px max(10px,env(safe-area-inset-bottom))}}@media (forced-colors: active){.notice{border:1px solid}}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(t){super.willUpdate(t),t.has(`user`)&&t.get(`user`)?.id!==this.user.id&&(this.problem=this.#n=``,this.sending=!1,this.#t=e())}render(){let{client:e,user:t}=this,n=h(t),i=this.#e.of(e,t),a=i!==void 0&&!i.can.has(`start`)&&i.conversationId===void 0;return f`
<causerie-chat-header exportparts="header" .client=${e} .user=${t} ?details=${this.details}></causerie-chat-header>
<div class="empty">
<causerie-avatar .name=${n} .key=${g(t)}></causerie-avatar>
<p class="name">${n}</p>
${a?f`<causerie-contact-actions .client=${e} .user=${t}></causerie-contact-actions>`:f`<p>${m.firstMessageHint}</p>`}
</div>
${this.problem?f`<p class="problem" role="alert">${this.problem}</p>`:``}
${a?f`<p class="notice">${m.cannotSendTo(n)}</p>`:f`<causerie-composer
exportparts="composer"
.drafts=${s(e.me?.id??``)}
.conversationId=${r(t.id)}
.textBytesMax=${e.limits.textBytesMax??0}
?busy=${this.sending}
@causerie-send=${this.#r}
></causerie-composer>`}
`}async#r({detail:t}){let{client:n,user:i}=this,a=s(n.me?.id??``),o=r(i.id);t!==this.#n&&(this.#t=e()),this.#n=t;let c=this.#t;this.problem=``,this.sending=!0;try{let{id:e}=await n.startDirect({id:i.id},{clientId:c,text:t});this.user.id===i.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}catch(e){a.get(o).text||a.setText(o,t),this.user.id===i.id&&(this.problem=p(e,m.startErrors))}finally{this.#t===c&&(this.sending=!1)}}};n([t({attribute:!1})],y.prototype,`user`,void 0),n([t({type:Boolean})],y.prototype,`details`,void 0),n([u()],y.prototype,`sending`,void 0),n([u()],y.prototype,`problem`,void 0),n([c(`causerie-chat-header`)],y.prototype,`header`,void 0),n([c(`causerie-composer`)],y.prototype,`composer`,void 0),y=n([i(`causerie-new-chat`)],y);export{y as NewChat};