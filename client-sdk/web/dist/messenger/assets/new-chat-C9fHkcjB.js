import{$ as e,G as t,H as n,I as r,K as i,L as a,R as o,T as s,U as c,V as l,W as u,X as d,Y as f,Z as p,b as m,tt as h,y as g,z as _}from"./index-aE7f8jQ0.js";import"./conversation-DaImPoNI.js";import{n as v}from"./contact-actions-fCNZuNWr.js";var y=class extends l{constructor(...e){super(...e),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=h(),this.#n=``}#e;#t;#n;static{this.styles=[a,_,o,d` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}.notice{flex:none;margin:8px 20px 16px;padding:12px 16px;border-radius:14px;background:var(--field);color:var(--muted);text-align:center;text-wrap:pretty}@container messenger (max-width: 719px){.notice{margin:6px 12px max(10px,env(safe-area-inset-bottom))}}@media (forced-colors: active){.notice{border:1px solid}}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(e){super.willUpdate(e),e.has(`user`)&&e.get(`user`)?.id!==this.user.id&&(this.problem=this.#n=``,this.sending=!1,this.#t=h())}render(){let{client:t,user:n}=this,i=m(n),a=this.#e.of(t,n),o=a!==void 0&&!a.can.has(`start`)&&a.conversationId===void 0;return f`
<causerie-chat-header exportparts="header" .client=${t} .user=${n} ?details=${this.details}></causerie-chat-header>
<div class="empty">
<causerie-avatar .name=${i} .key=${g(n)}></causerie-avatar>
<p class="name">${i}</p>
${o?f`<causerie-contact-actions .client=${t} .user=${n}></causerie-contact-actions>`:f`<p>${e.firstMessageHint}</p>`}
</div>
${this.problem?f`<p class="problem" role="alert">${this.problem}</p>`:``}
${o?f`<p class="notice">${e.cannotSendTo(i)}</p>`:f`<causerie-composer
exportparts="composer"
.drafts=${s(t.me?.id??``)}
.conversationId=${r(n.id)}
.textBytesMax=${t.limits.textBytesMax??0}
?busy=${this.sending}
@causerie-send=${this.#r}
></causerie-composer>`}
`}async#r({detail:t}){let{client:n,user:i}=this,a=s(n.me?.id??``),o=r(i.id);t!==this.#n&&(this.#t=h()),this.#n=t;let c=this.#t;this.problem=``,this.sending=!0;try{let{id:e}=await n.startDirect({id:i.id},{clientId:c,text:t});this.user.id===i.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}catch(n){a.get(o).text||a.setText(o,t),this.user.id===i.id&&(this.problem=p(n,e.startErrors))}finally{this.#t===c&&(this.sending=!1)}}};n([t({attribute:!1})],y.prototype,`user`,void 0),n([t({type:Boolean})],y.prototype,`details`,void 0),n([u()],y.prototype,`sending`,void 0),n([u()],y.prototype,`problem`,void 0),n([c(`causerie-chat-header`)],y.prototype,`header`,void 0),n([c(`causerie-composer`)],y.prototype,`composer`,void 0),y=n([i(`causerie-new-chat`)],y);export{y as NewChat};