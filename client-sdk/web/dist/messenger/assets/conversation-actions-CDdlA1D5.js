import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{$ as t,G as n,H as r,K as i,L as a,U as o,V as s,W as c,X as l,Y as u,Z as d,q as f,v as p}from"./index-aE7f8jQ0.js";import"./confirm-dialog-DIyPppbX.js";import{l as m}from"./conversation-DaImPoNI.js";import{a as h,c as g,f as _,t as v,u as y}from"./popup-BsWGuwHa.js";import{t as b}from"./dialog-styles-2kRLIJt2.js";import{t as x}from"./rows-9IDOfwMn.js";var S=class extends f{constructor(...e){super(...e),this.subject=``,this.#e=``}#e;static{this.styles=[a,b,l` form{display:contents}.field{margin-top:6px}`]}async show(e){this.subject=this.#e=e,this.dialog.showModal(),await this.updateComplete,this.field.select()}render(){let e=this.subject.trim();return u`<dialog class="small" closedby="any" aria-labelledby="heading">
<form @submit=${this.#t}>
<h2 id="heading">${t.renameTitle}</h2>
<input
class="field"
autofocus
autocomplete="off"
dir="auto"
aria-label=${t.groupName}
.value=${p(this.subject)}
@input=${()=>{this.subject=this.field.value}}
/>
<div class="buttons">
<button type="button" class="button" @click=${()=>this.dialog.close()}>${t.cancel}</button>
<button class="button primary" ?disabled=${!e||e===this.#e}>${t.rename}</button>
</div>
</form>
</dialog>`}#t(e){e.preventDefault(),this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-rename`,{detail:this.subject.trim()}))}};r([c()],S.prototype,`subject`,void 0),r([o(`dialog`)],S.prototype,`dialog`,void 0),r([o(`input`)],S.prototype,`field`,void 0),S=r([i(`causerie-rename-dialog`)],S);var C=e({ConversationActions:()=>w}),w=class extends s{constructor(...e){super(...e),this.expanded=!1,this.updateEvents=[],this.#e=``}#e;static{this.styles=[a,x]}render(){let{heading:e,text:t,action:n,run:r}=this.question??{};return u`
${this.expanded?u`<ul>
${this.items.map(e=>u`<li><button class="row" @click=${e.run}>${e.icon}<span>${e.label}</span></button></li>`)}
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
`}get items(){let{client:e}=this,{id:n,subject:r,capabilities:i}=this.conversation,a=[[`rename`,m,t.rename,()=>this.#t(n,r)],[`close`,v,t.closeConversation,()=>this.#n(t.closeTitle,t.closeText,t.closeConversation,()=>e.closeConversation(n))],[`reopen`,y,t.reopenConversation,()=>this.#r(()=>e.reopenConversation(n))],[`leave`,g,t.leave,()=>this.#n(t.leaveTitle,t.leaveText,t.leave,()=>e.leave(n))],[`delete_conversation`,h,t.deleteCopy,()=>this.#n(t.deleteCopyTitle,t.deleteCopyText,t.delete,()=>e.deleteConversation(n))]].filter(([e])=>i.has(e));return[{icon:_,label:t.markUnread,run:()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`))},...a.map(([,e,t,n])=>({icon:e,label:t,run:()=>void n()}))]}#t(e,t){this.#e=e,this.renaming.show(t)}async#n(e,t,n,r){this.question={heading:e,text:t,action:n,run:r},await this.updateComplete,this.confirm.show()}async#r(e){this.#i(``);try{await e()}catch(e){this.#i(d(e))}}#i(e){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:e,bubbles:!0,composed:!0}))}};r([n({attribute:!1})],w.prototype,`conversation`,void 0),r([n({type:Boolean})],w.prototype,`expanded`,void 0),r([c()],w.prototype,`question`,void 0),r([o(`causerie-confirm-dialog`)],w.prototype,`confirm`,void 0),r([o(`causerie-rename-dialog`)],w.prototype,`renaming`,void 0),w=r([i(`causerie-conversation-actions`)],w);export{C as t};