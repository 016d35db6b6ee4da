import{$ as e,S as t,Z as n,_ as r,at as i,ct as a,et as o,ft as s,gt as c,it as l,lt as u,mt as d,ot as f,pt as p,st as m,tt as h,v as g,vt as _}from"./index-BYLA7pff.js";import"./chat-header-DSQfTVAH.js";import"./composer-D2XMYJnt.js";import{n as v}from"./contact-actions-CV8HMeF2.js";var y=class extends l{constructor(...e){super(...e),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=_(),this.#n=``}#e;#t;#n;static{this.styles=[e,h,o,p` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(e){super.willUpdate(e),e.has(`user`)&&e.get(`user`)?.id!==this.user.id&&(this.problem=this.#n=``,this.sending=!1,this.#t=_())}render(){let{client:e,user:i}=this,a=g(i),o=this.#e.of(e,i),l=o!==void 0&&!o.can.has(`start`)&&o.conversationId===void 0;return s`
<causerie-chat-header exportparts="header" .client=${e} .user=${i} ?details=${this.details}></causerie-chat-header>
<div class="empty">
<causerie-avatar .name=${a} .key=${r(i)}></causerie-avatar>
<p class="name">${a}</p>
${l?s`<causerie-contact-actions .client=${e} .user=${i}></causerie-contact-actions>`:s`<p>${c.firstMessageHint}</p>`}
</div>
${this.problem?s`<p class="problem" role="alert">${this.problem}</p>`:``}
${l?s`<p class="notice">${c.cannotSendTo(a)}</p>`:s`<causerie-composer
exportparts="composer"
.drafts=${t(e.me?.id??``)}
.conversationId=${n(i.id)}
.textBytesMax=${e.limits.textBytesMax??0}
?busy=${this.sending}
@causerie-send=${this.#r}
></causerie-composer>`}
`}async#r({detail:e}){let{client:r,user:i}=this,a=t(r.me?.id??``),o=n(i.id);e!==this.#n&&(this.#t=_()),this.#n=e;let s=this.#t;this.problem=``,this.sending=!0;try{let{id:t}=await r.startDirect({id:i.id},{clientId:s,text:e});this.user.id===i.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:t}))}catch(t){a.get(o).text||a.setText(o,e),this.user.id===i.id&&(this.problem=d(t,c.startErrors))}finally{this.#t===s&&(this.sending=!1)}}};i([a({attribute:!1})],y.prototype,`user`,void 0),i([a({type:Boolean})],y.prototype,`details`,void 0),i([m()],y.prototype,`sending`,void 0),i([m()],y.prototype,`problem`,void 0),i([f(`causerie-chat-header`)],y.prototype,`header`,void 0),i([f(`causerie-composer`)],y.prototype,`composer`,void 0),y=i([u(`causerie-new-chat`)],y);export{y as NewChat};