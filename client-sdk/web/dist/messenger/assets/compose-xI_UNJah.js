import{$ as e,L as t,S as n,V as r,Z as i,at as a,et as o,ft as s,gt as c,it as l,lt as u,mt as d,ot as f,pt as p,rt as m,st as h}from"./index-BYLA7pff.js";import"./composer-D2XMYJnt.js";import"./group-dialog-BcP2vNsX.js";import"./page-header-Bqp43mBl.js";var g=class extends l{constructor(...e){super(...e),this.problem=``,this.busy=!1,this.mayStartGroup=!1,this.mayStartNote=!1,this.updateEvents=[`state`],this.#n=async()=>{this.busy=!0,this.problem=``;try{this.#t((await this.client.startNoteToSelf()).id)}catch(e){this.problem=d(e,c.startErrors)}finally{this.busy=!1}}}static{this.styles=[e,o,m,p` causerie-user-picker{flex:1;width:100%;max-width:900px;margin-inline:auto;padding-top:12px}.label{color:var(--muted)}.shortcut{width:100%;gap:12px;min-height:56px;border-radius:12px;text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}`]}focusComposer(){return this.focusHeading()}async focusHeading(){await this.updateComplete,await this.picker.focusField()}render(){let{client:e}=this;return s`
<causerie-page-header .heading=${c.newConversation}></causerie-page-header>
<causerie-user-picker
.client=${e}
.label=${c.to}
.placeholder=${c.searchUsers}
@causerie-pick=${({detail:e})=>this.#t(e.conversationId??i(e.user.id))}
@causerie-searched=${()=>{this.mayStartGroup=this.picker.mayStartGroup,this.mayStartNote=this.picker.mayStartNote}}
>
<span slot="label" class="label" aria-hidden="true">${c.toLabel}</span>
<div slot="shortcuts">${this.#e()}</div>
</causerie-user-picker>
${this.problem?s`<p class="problem" role="alert">${this.problem}</p>`:``}
${e.me?s`<causerie-composer
.drafts=${n(e.me.id)}
.conversationId=${`new`}
.textBytesMax=${e.limits.textBytesMax??0}
busy
@keydown=${this.#r}
@click=${this.#i}
></causerie-composer>`:``}
<causerie-group-dialog
.client=${e}
@causerie-started=${({detail:e})=>this.#t(e.id)}
></causerie-group-dialog>
`}#e(){return s`${this.mayStartGroup?s`<button class="user shortcut" @click=${()=>this.groupDialog.show()}>
<i class="circle">${t}</i><span class="name">${c.newGroup}</span>
</button>`:``}
${this.mayStartNote?s`<button class="user shortcut" ?disabled=${this.busy} @click=${this.#n}>
<i class="circle">${r}</i><span class="name">${c.noteToSelf}</span>
</button>`:``}`}#t(e){let t=n(this.client.me?.id??``);t.get(e).text||t.move(`new`,e),this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#n;#r(e){e.key===`Enter`&&!e.shiftKey&&!e.isComposing&&this.picker.focusField()}#i(e){e.composedPath().some(e=>e instanceof HTMLButtonElement)&&setTimeout(()=>void this.picker.focusField())}};a([h()],g.prototype,`problem`,void 0),a([h()],g.prototype,`busy`,void 0),a([h()],g.prototype,`mayStartGroup`,void 0),a([h()],g.prototype,`mayStartNote`,void 0),a([f(`causerie-user-picker`)],g.prototype,`picker`,void 0),a([f(`causerie-group-dialog`)],g.prototype,`groupDialog`,void 0),g=a([u(`causerie-compose`)],g);export{g as Compose};