import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{A as t,D as n,E as r,J as i,K as a,L as o,O as s,T as c,Z as l,at as u,b as d,dt as f,ft as p,ht as m,k as h,lt as g,ot as _,tt as v,y}from"./base-DKBj6lqv.js";import"./confirm-dialog-DzQxiZ2S.js";import{n as b}from"./lit-DFzsCMXs.js";import{t as x}from"./dialog-styles-_sHjavkg.js";var S=class extends _{constructor(...e){super(...e),this.subject=``,this.#e=``}#e;static{this.styles=[d,x,f` form{display:contents}.field{margin-top:6px}`]}async show(e){this.subject=this.#e=e,this.dialog.showModal(),await this.updateComplete,this.field.select()}render(){let e=this.subject.trim();return g`<dialog class="small" closedby="any" aria-labelledby="heading">
<form @submit=${this.#t}>
<h2 id="heading">${m.renameTitle}</h2>
<input
class="field"
autofocus
autocomplete="off"
dir="auto"
aria-label=${m.groupName}
.value=${b(this.subject)}
@input=${()=>{this.subject=this.field.value}}
/>
<div class="buttons">
<button type="button" class="button" @click=${()=>this.dialog.close()}>${m.cancel}</button>
<button class="button primary" ?disabled=${!e||e===this.#e}>${m.rename}</button>
</div>
</form>
</dialog>`}#t(e){e.preventDefault(),this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-rename`,{detail:this.subject.trim()}))}};r([s()],S.prototype,`subject`,void 0),r([n(`dialog`)],S.prototype,`dialog`,void 0),r([n(`input`)],S.prototype,`field`,void 0),S=r([t(`causerie-rename-dialog`)],S);var C=/* @__PURE__ */ e({}),w=class extends c{constructor(...e){super(...e),this.expanded=!1,this.updateEvents=[],this.#e=``}#e;static{this.styles=[d,y]}render(){let{heading:e,text:t,action:n,run:r}=this.question??{};return g`
${this.expanded?g`<ul>
${this.items.map(e=>g`<li><button class="row" @click=${e.run}>${e.icon}<span>${e.label}</span></button></li>`)}
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
`}get items(){let{client:e}=this,{id:t,subject:n,capabilities:r}=this.conversation,s=[[`rename`,i,m.rename,()=>this.#t(t,n)],[`close`,o,m.closeConversation,()=>this.#n(m.closeTitle,m.closeText,m.closeConversation,()=>e.closeConversation(t))],[`reopen`,v,m.reopenConversation,()=>this.#r(()=>e.reopenConversation(t))],[`leave`,l,m.leave,()=>this.#n(m.leaveTitle,m.leaveText,m.leave,()=>e.leave(t))],[`delete_conversation`,a,m.deleteCopy,()=>this.#n(m.deleteCopyTitle,m.deleteCopyText,m.delete,()=>e.deleteConversation(t))]].filter(([e])=>r.has(e));return[{icon:u,label:m.markUnread,run:()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`))},...s.map(([,e,t,n])=>({icon:e,label:t,run:()=>void n()}))]}#t(e,t){this.#e=e,this.renaming.show(t)}async#n(e,t,n,r){this.question={heading:e,text:t,action:n,run:r},await this.updateComplete,this.confirm.show()}async#r(e){this.#i(``);try{await e()}catch(e){this.#i(p(e))}}#i(e){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:e,bubbles:!0,composed:!0}))}};r([h({attribute:!1})],w.prototype,`conversation`,void 0),r([h({type:Boolean})],w.prototype,`expanded`,void 0),r([s()],w.prototype,`question`,void 0),r([n(`causerie-confirm-dialog`)],w.prototype,`confirm`,void 0),r([n(`causerie-rename-dialog`)],w.prototype,`renaming`,void 0),w=r([t(`causerie-conversation-actions`)],w);export{C as t};