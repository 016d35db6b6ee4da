import{c as e}from"./sdk-BAXgRQis.js";import{A as t,D as n,E as r,O as i,T as a,_ as o,b as s,ct as c,dt as l,j as u,k as d,mt as f,p,ut as m,w as h,x as g,y as _}from"./base-DqcMDlV7.js";import"./chat-header-Cn9lpXPN.js";import"./composer-CGflJw2N.js";import{n as v}from"./contact-actions-BYpbkAkr.js";var y=class extends h{constructor(...t){super(...t),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=e(),this.#n=``}#e;#t;#n;static{this.styles=[_,g,s,m` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(e){super.willUpdate(e),e.has(`user`)&&e.get(`user`)?.id!==this.user.id&&(this.problem=``)}render(){let{client:e,user:n}=this,r=u(n),i=this.#e.of(e,n),a=i!==void 0&&!i.can.has(`start`)&&i.conversationId===void 0;return c`
<causerie-chat-header .client=${e} .user=${n} ?details=${this.details}></causerie-chat-header>
<div class="empty">
<causerie-avatar .name=${r} .key=${t(n)}></causerie-avatar>
<p class="name">${r}</p>
${a?c`<causerie-contact-actions .client=${e} .user=${n}></causerie-contact-actions>`:c`<p>${f.firstMessageHint}</p>`}
</div>
${this.problem?c`<p class="problem" role="alert">${this.problem}</p>`:``}
${a?c`<p class="notice">${f.cannotSendTo(r)}</p>`:c`<causerie-composer
.drafts=${o(e.me?.id??``)}
.conversationId=${p(n.id)}
.textBytesMax=${e.limits.textBytesMax??0}
?busy=${this.sending}
@causerie-send=${this.#r}
></causerie-composer>`}
`}async#r({detail:t}){let{client:n,user:r}=this,i=o(n.me?.id??``),a=p(r.id);t!==this.#n&&(this.#t=e()),this.#n=t,this.problem=``,this.sending=!0;try{let{id:e}=await n.startDirect({id:r.id},{clientId:this.#t,text:t});this.user.id===r.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}catch(e){i.get(a).text||i.setText(a,t),this.user.id===r.id&&(this.problem=l(e,f.startErrors))}finally{this.sending=!1}}};a([i({attribute:!1})],y.prototype,`user`,void 0),a([i({type:Boolean})],y.prototype,`details`,void 0),a([n()],y.prototype,`sending`,void 0),a([n()],y.prototype,`problem`,void 0),a([r(`causerie-chat-header`)],y.prototype,`header`,void 0),a([r(`causerie-composer`)],y.prototype,`composer`,void 0),y=a([d(`causerie-new-chat`)],y);export{y as NewChat};