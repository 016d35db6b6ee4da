import{t as e}from"./rolldown-runtime-DK3Fl9T5.js";import{D as t,E as n,G as r,I as i,O as a,T as o,X as s,at as c,ct as l,dt as u,et as d,it as f,k as p,mt as m,q as h,ut as g,v as _,w as v,y}from"./base-DqcMDlV7.js";import"./confirm-dialog-DQ2a-c5a.js";import{n as b}from"./lit-BgtTjuHI.js";import{t as x}from"./dialog-styles-V9uAbkre.js";var S=class extends c{constructor(...e){super(...e),this.subject=``,this.#e=``}#e;static{this.styles=[y,x,g` form{display:contents}.field{margin-top:6px}`]}async show(e){this.subject=this.#e=e,this.dialog.showModal(),await this.updateComplete,this.field.select()}render(){let e=this.subject.trim();return l`<dialog class="small" closedby="any" aria-labelledby="heading">
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
</dialog>`}#t(e){e.preventDefault(),this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-rename`,{detail:this.subject.trim()}))}};o([t()],S.prototype,`subject`,void 0),o([n(`dialog`)],S.prototype,`dialog`,void 0),o([n(`input`)],S.prototype,`field`,void 0),S=o([p(`causerie-rename-dialog`)],S);var C=/* @__PURE__ */ e({}),w=class extends v{constructor(...e){super(...e),this.expanded=!1,this.updateEvents=[],this.#e=``}#e;static{this.styles=[y,_]}render(){let{heading:e,text:t,action:n,run:r}=this.question??{};return l`
${this.expanded?l`<ul>
${this.items.map(e=>l`<li><button class="row" @click=${e.run}>${e.icon}<span>${e.label}</span></button></li>`)}
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
`}get items(){let{client:e}=this,{id:t,subject:n,capabilities:a}=this.conversation,o=[[`rename`,h,m.rename,()=>this.#t(t,n)],[`close`,i,m.closeConversation,()=>this.#n(m.closeTitle,m.closeText,m.closeConversation,()=>e.closeConversation(t))],[`reopen`,d,m.reopenConversation,()=>this.#r(()=>e.reopenConversation(t))],[`leave`,s,m.leave,()=>this.#n(m.leaveTitle,m.leaveText,m.leave,()=>e.leave(t))],[`delete_conversation`,r,m.deleteCopy,()=>this.#n(m.deleteCopyTitle,m.deleteCopyText,m.delete,()=>e.deleteConversation(t))]].filter(([e])=>a.has(e));return[{icon:f,label:m.markUnread,run:()=>this.dispatchEvent(new CustomEvent(`causerie-mark-unread`))},...o.map(([,e,t,n])=>({icon:e,label:t,run:()=>void n()}))]}#t(e,t){this.#e=e,this.renaming.show(t)}async#n(e,t,n,r){this.question={heading:e,text:t,action:n,run:r},await this.updateComplete,this.confirm.show()}async#r(e){this.#i(``);try{await e()}catch(e){this.#i(u(e))}}#i(e){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:e,bubbles:!0,composed:!0}))}};o([a({attribute:!1})],w.prototype,`conversation`,void 0),o([a({type:Boolean})],w.prototype,`expanded`,void 0),o([t()],w.prototype,`question`,void 0),o([n(`causerie-confirm-dialog`)],w.prototype,`confirm`,void 0),o([n(`causerie-rename-dialog`)],w.prototype,`renaming`,void 0),w=o([p(`causerie-conversation-actions`)],w);export{C as t};