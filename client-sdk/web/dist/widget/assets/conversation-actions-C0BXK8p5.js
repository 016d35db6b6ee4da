import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{A as t,C as n,E as r,G as i,J as a,M as o,N as s,Q as c,T as l,Y as u,j as d,q as f,w as p}from"./base-BsNUvOP0.js";import"./confirm-dialog-B1XtGNKz.js";import{l as m}from"./conversation-Cpt6OSxw.js";import{a as h,c as g,f as _,t as v,u as y}from"./popup-Bu5Y8ocB.js";import{t as b}from"./dialog-styles-DP875kuc.js";import{t as x}from"./row-styles-CLm_7buF.js";var S=class extends i{constructor(...e){super(...e),this.subject=``,this.#e=``}#e;static{this.styles=[r,b,a` form{display:contents}.field{margin-top:6px}`]}async show(e){this.subject=this.#e=e,this.dialog.showModal(),await this.updateComplete,this.field.select()}render(){let e=this.subject.trim();return f`<dialog class="small" closedby="any" aria-labelledby="heading">
<form @submit=${this.#t}>
<h2 id="heading">${c.renameTitle}</h2>
<input
class="field"
autofocus
autocomplete="off"
dir="auto"
aria-label=${c.groupName}
.value=${n(this.subject)}
@input=${()=>{this.subject=this.field.value}}
/>
<div class="buttons">
<button type="button" class="button" @click=${()=>this.dialog.close()}>${c.cancel}</button>
<button class="button primary" ?disabled=${!e||e===this.#e}>${c.rename}</button>
</div>
</form>
</dialog>`}#t(e){e.preventDefault(),this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-rename`,{detail:this.subject.trim()}))}};l([d()],S.prototype,`subject`,void 0),l([t(`dialog`)],S.prototype,`dialog`,void 0),l([t(`input`)],S.prototype,`field`,void 0),S=l([s(`causerie-rename-dialog`)],S);var C=/* @__PURE__ */ e({}),w=class extends p{constructor(...e){super(...e),this.expanded=!1,this.updateEvents=[],this.#e=``}#e;static{this.styles=[r,x]}render(){let{heading:e,text:t,action:n,run:r}=this.question??{};return f`
${this.expanded?f`<ul>
${this.items.map(e=>f`<li><button class="row" @click=${e.run}>${e.icon}<span>${e.label}</span></button></li>`)}
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
`}get items(){let{client:e}=this,{id:t,subject:n,capabilities:r}=this.conversation,i=[[`rename`,m,c.rename,()=>this.#t(t,n)],[`close`,v,c.closeConversation,()=>this.#n(c.closeTitle,c.closeText,c.closeConversation,()=>e.closeConversation(t))],[`reopen`,y,c.reopenConversation,()=>this.#r(()=>e.reopenConversation(t))],[`leave`,g,c.leave,()=>this.#n(c.leaveTitle,c.leaveText,c.leave,()=>e.leave(t))],[`delete_conversation`,h,c.deleteCopy,()=>this.#n(c.deleteCopyTitle,c.deleteCopyText,c.delete,()=>e.deleteConversation(t))]].filter(([e])=>r.has(e));return[{icon:_,label:c.markUnread,run:()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`))},...i.map(([,e,t,n])=>({icon:e,label:t,run:()=>void n()}))]}#t(e,t){this.#e=e,this.renaming.show(t)}async#n(e,t,n,r){this.question={heading:e,text:t,action:n,run:r},await this.updateComplete,this.confirm.show()}async#r(e){this.#i(``);try{await e()}catch(e){this.#i(u(e))}}#i(e){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:e,bubbles:!0,composed:!0}))}};l([o({attribute:!1})],w.prototype,`conversation`,void 0),l([o({type:Boolean})],w.prototype,`expanded`,void 0),l([d()],w.prototype,`question`,void 0),l([t(`causerie-confirm-dialog`)],w.prototype,`confirm`,void 0),l([t(`causerie-rename-dialog`)],w.prototype,`renaming`,void 0),w=l([s(`causerie-conversation-actions`)],w);export{C as t};