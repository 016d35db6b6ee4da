import{$ as e,J as t,K as n,X as r,Y as i,ct as a,dt as o,et as s,h as c,it as l,lt as u,m as d,nt as f,ot as p,rt as m,st as h,tt as g,y as _}from"./index-D0NMIBcr.js";import"./chat-header-d9lKMgGI.js";import"./composer-CSEnKLqy.js";import{n as v}from"./contact-actions-CpmmLdHn.js";var y=class extends e{constructor(...e){super(...e),this.details=!1,this.sending=!1,this.problem=``,this.updateEvents=[`state`],this.#e=new v(this),this.#t=o(),this.#n=``}#e;#t;#n;static{this.styles=[t,r,i,h` .empty{--avatar-size:72px}.name{margin-top:10px;color:var(--text);font-size:1.0625rem;font-weight:600;overflow-wrap:anywhere}`]}async focusComposer(){if(await this.updateComplete,!this.composer)return this.focusHeading();await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(e){super.willUpdate(e),e.has(`user`)&&e.get(`user`)?.id!==this.user.id&&(this.problem=``)}render(){let{client:e,user:t}=this,r=c(t),i=this.#e.of(e,t),a=i!==void 0&&!i.can.has(`start`)&&i.conversationId===void 0;return p`
      <causerie-chat-header .client=${e} .user=${t} ?details=${this.details}></causerie-chat-header>
      <div class="empty">
        <causerie-avatar .name=${r} .key=${d(t)}></causerie-avatar>
        <p class="name">${r}</p>
        ${a?p`<causerie-contact-actions .client=${e} .user=${t}></causerie-contact-actions>`:p`<p>${u.firstMessageHint}</p>`}
      </div>
      ${this.problem?p`<p class="problem" role="alert">${this.problem}</p>`:``}
      ${a?p`<p class="notice">${u.cannotSendTo(r)}</p>`:p`<causerie-composer
            .drafts=${_(e.me?.id??``)}
            .conversationId=${n(t.id)}
            .textBytesMax=${e.limits.textBytesMax??0}
            ?busy=${this.sending}
            @causerie-send=${this.#r}
          ></causerie-composer>`}
    `}async#r({detail:e}){let{client:t,user:r}=this,i=_(t.me?.id??``),s=n(r.id);e!==this.#n&&(this.#t=o()),this.#n=e,this.problem=``,this.sending=!0;try{let{id:n}=await t.startDirect({id:r.id},{clientId:this.#t,text:e});this.user.id===r.id&&this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:n}))}catch(t){i.get(s).text||i.setText(s,e),this.user.id===r.id&&(this.problem=a(t,u.startErrors))}finally{this.sending=!1}}};s([m({attribute:!1})],y.prototype,`user`,void 0),s([m({type:Boolean})],y.prototype,`details`,void 0),s([f()],y.prototype,`sending`,void 0),s([f()],y.prototype,`problem`,void 0),s([g(`causerie-chat-header`)],y.prototype,`header`,void 0),s([g(`causerie-composer`)],y.prototype,`composer`,void 0),y=s([l(`causerie-new-chat`)],y);export{y as NewChat};