import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{$ as t,B as n,I as r,J as i,M as a,P as o,S as s,U as c,at as l,ct as u,et as d,it as f,lt as p,nt as m,ot as h,p as g,q as _,rt as v,st as y,tt as b}from"./index-D0NMIBcr.js";import"./confirm-dialog-hKPj3syo.js";import{t as x}from"./dialog-styles-CGfmHIA8.js";var S=class extends l{constructor(...e){super(...e),this.subject=``,this.#e=``}#e;static{this.styles=[i,x,y` form{display:contents}.field{margin-top:6px}`]}async show(e){this.subject=this.#e=e,this.dialog.showModal(),await this.updateComplete,this.field.select()}render(){let e=this.subject.trim();return h`<dialog class="small" closedby="any" aria-labelledby="heading">
      <form @submit=${this.#t}>
        <h2 id="heading">${p.renameTitle}</h2>
        <input
          class="field"
          autofocus
          autocomplete="off"
          dir="auto"
          aria-label=${p.groupName}
          .value=${g(this.subject)}
          @input=${()=>{this.subject=this.field.value}}
        />
        <div class="buttons">
          <button type="button" class="button" @click=${()=>this.dialog.close()}>${p.cancel}</button>
          <button class="button primary" ?disabled=${!e||e===this.#e}>${p.rename}</button>
        </div>
      </form>
    </dialog>`}#t(e){e.preventDefault(),this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-rename`,{detail:this.subject.trim()}))}};d([m()],S.prototype,`subject`,void 0),d([b(`dialog`)],S.prototype,`dialog`,void 0),d([b(`input`)],S.prototype,`field`,void 0),S=d([f(`causerie-rename-dialog`)],S);var C=e({ConversationActions:()=>w}),w=class extends t{constructor(...e){super(...e),this.expanded=!1,this.updateEvents=[],this.#e=``}#e;static{this.styles=[i,_]}render(){let{heading:e,text:t,action:n,run:r}=this.question??{};return h`
      ${this.expanded?h`<ul>
            ${this.items.map(e=>h`<li><button class="row" @click=${e.run}>${e.icon}<span>${e.label}</span></button></li>`)}
          </ul>`:``}
      <causerie-confirm-dialog
        .heading=${e??``}
        .text=${t??``}
        .action=${n??``}
        @causerie-confirm=${()=>r&&this.#r(r)}
      ></causerie-confirm-dialog>
      <causerie-rename-dialog
        @causerie-rename=${({detail:e})=>this.#r(()=>this.client.rename(this.#e,e))}
      ></causerie-rename-dialog>
    `}get items(){let{client:e}=this,{id:t,subject:i,capabilities:l}=this.conversation,u=[[`rename`,o,p.rename,()=>this.#t(t,i)],[`close`,s,p.closeConversation,()=>this.#n(p.closeTitle,p.closeText,p.closeConversation,()=>e.closeConversation(t))],[`reopen`,n,p.reopenConversation,()=>this.#r(()=>e.reopenConversation(t))],[`leave`,r,p.leave,()=>this.#n(p.leaveTitle,p.leaveText,p.leave,()=>e.leave(t))],[`delete_conversation`,a,p.deleteCopy,()=>this.#n(p.deleteCopyTitle,p.deleteCopyText,p.delete,()=>e.deleteConversation(t))]].filter(([e])=>l.has(e));return[{icon:c,label:p.markUnread,run:()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`))},...u.map(([,e,t,n])=>({icon:e,label:t,run:()=>void n()}))]}#t(e,t){this.#e=e,this.renaming.show(t)}async#n(e,t,n,r){this.question={heading:e,text:t,action:n,run:r},await this.updateComplete,this.confirm.show()}async#r(e){this.#i(``);try{await e()}catch(e){this.#i(u(e))}}#i(e){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:e,bubbles:!0,composed:!0}))}};d([v({attribute:!1})],w.prototype,`conversation`,void 0),d([v({type:Boolean})],w.prototype,`expanded`,void 0),d([m()],w.prototype,`question`,void 0),d([b(`causerie-confirm-dialog`)],w.prototype,`confirm`,void 0),d([b(`causerie-rename-dialog`)],w.prototype,`renaming`,void 0),w=d([f(`causerie-conversation-actions`)],w);export{C as t};