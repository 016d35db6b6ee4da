import{n as e}from"./sdk-Cyuzc2R4.js";import{X as t,Y as n,Z as r,at as i,d as a,dt as o,et as s,ft as c,g as l,ht as u,it as d,lt as f,nt as p,q as m,rt as h,tt as g,u as _}from"./base-BaZfI9-V.js";import"./chat-header-CmUjOEqz.js";import"./composer-B005Ux0t.js";import{n as v}from"./contact-actions-CaG3TfCv.js";var y=class extends s{constructor(...t){super(...t),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=e(),this.#n=``}#e;#t;#n;static{this.styles=[n,r,t,o` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(e){super.willUpdate(e),e.has(`user`)&&e.get(`user`)?.id!==this.user.id&&(this.problem=``)}render(){let{client:e,user:t}=this,n=a(t),r=this.#e.of(e,t),i=r!==void 0&&!r.can.has(`start`)&&r.conversationId===void 0;return f`
<causerie-chat-header .client=${e} .user=${t} ?details=${this.details}></causerie-chat-header>
<div class="empty">
<causerie-avatar .name=${n} .key=${_(t)}></causerie-avatar>
<p class="name">${n}</p>
${i?f`<causerie-contact-actions .client=${e} .user=${t}></causerie-contact-actions>`:f`<p>${u.firstMessageHint}</p>`}
</div>
${this.problem?f`<p class="problem" role="alert">${this.problem}</p>`:``}
${i?f`<p class="notice">${u.cannotSendTo(n)}</p>`:f`<causerie-composer
.drafts=${l(e.me?.id??``)}
.conversationId=${m(t.id)}
.textBytesMax=${e.limits.textBytesMax??0}
?busy=${this.sending}
@causerie-send=${this.#r}
></causerie-composer>`}
`}async#r({detail:t}){let{client:n,user:r}=this,i=l(n.me?.id??``),a=m(r.id);t!==this.#n&&(this.#t=e()),this.#n=t,this.problem=``,this.sending=!0;try{let{id:e}=await n.startDirect({id:r.id},{clientId:this.#t,text:t});this.user.id===r.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}catch(e){i.get(a).text||i.setText(a,t),this.user.id===r.id&&(this.problem=c(e,u.startErrors))}finally{this.sending=!1}}};g([d({attribute:!1})],y.prototype,`user`,void 0),g([d({type:Boolean})],y.prototype,`details`,void 0),g([h()],y.prototype,`sending`,void 0),g([h()],y.prototype,`problem`,void 0),g([p(`causerie-chat-header`)],y.prototype,`header`,void 0),g([p(`causerie-composer`)],y.prototype,`composer`,void 0),y=g([i(`causerie-new-chat`)],y);export{y as NewChat};