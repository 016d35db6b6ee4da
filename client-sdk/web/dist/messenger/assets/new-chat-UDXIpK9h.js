import{$ as e,Q as t,S as n,X as r,_ as i,_t as a,at as o,ct as s,dt as c,et as l,ft as u,ht as d,it as f,ot as p,pt as m,rt as h,st as g,v as _}from"./index-CLabfEX0.js";import"./chat-header-D4cDkKUJ.js";import"./composer-pGf8cjYD.js";import{n as v}from"./contact-actions-B6hRoENG.js";var y=class extends h{constructor(...e){super(...e),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=a(),this.#n=``}#e;#t;#n;static{this.styles=[t,l,e,u` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(e){super.willUpdate(e),e.has(`user`)&&e.get(`user`)?.id!==this.user.id&&(this.problem=``)}render(){let{client:e,user:t}=this,a=_(t),o=this.#e.of(e,t),s=o!==void 0&&!o.can.has(`start`)&&o.conversationId===void 0;return c`
<causerie-chat-header .client=${e} .user=${t} ?details=${this.details}></causerie-chat-header>
<div class="empty">
<causerie-avatar .name=${a} .key=${i(t)}></causerie-avatar>
<p class="name">${a}</p>
${s?c`<causerie-contact-actions .client=${e} .user=${t}></causerie-contact-actions>`:c`<p>${d.firstMessageHint}</p>`}
</div>
${this.problem?c`<p class="problem" role="alert">${this.problem}</p>`:``}
${s?c`<p class="notice">${d.cannotSendTo(a)}</p>`:c`<causerie-composer
.drafts=${n(e.me?.id??``)}
.conversationId=${r(t.id)}
.textBytesMax=${e.limits.textBytesMax??0}
?busy=${this.sending}
@causerie-send=${this.#r}
></causerie-composer>`}
`}async#r({detail:e}){let{client:t,user:i}=this,o=n(t.me?.id??``),s=r(i.id);e!==this.#n&&(this.#t=a()),this.#n=e,this.problem=``,this.sending=!0;try{let{id:n}=await t.startDirect({id:i.id},{clientId:this.#t,text:e});this.user.id===i.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:n}))}catch(t){o.get(s).text||o.setText(s,e),this.user.id===i.id&&(this.problem=m(t,d.startErrors))}finally{this.sending=!1}}};f([g({attribute:!1})],y.prototype,`user`,void 0),f([g({type:Boolean})],y.prototype,`details`,void 0),f([p()],y.prototype,`sending`,void 0),f([p()],y.prototype,`problem`,void 0),f([o(`causerie-chat-header`)],y.prototype,`header`,void 0),f([o(`causerie-composer`)],y.prototype,`composer`,void 0),y=f([s(`causerie-new-chat`)],y);export{y as NewChat};