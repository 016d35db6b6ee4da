import{$ as e,G as t,H as n,J as r,K as i,L as a,U as o,V as s,W as c,X as l,Y as u,Z as d,b as f,q as p,v as m,y as h}from"./index-aE7f8jQ0.js";import{c as g,s as _}from"./conversation-DaImPoNI.js";import{t as v}from"./dialog-styles-2kRLIJt2.js";import{t as y}from"./reach-help-Ddh4EI2M.js";import{t as b}from"./relations-DyrlCTYE.js";import{n as x,r as S}from"./rows-9IDOfwMn.js";function C({can:e}){return e.has(`start`)}function w(e,t){let n=e.filter(({id:e})=>e!==t.id);return n.length<e.length?n:[...e,t]}function T(t,n){return t.length?u`<div slot="between" class="chips">
${t.map(t=>{let r=f(t);return u`<button type="button" class="chip" aria-label=${e.remove(r)} @click=${()=>n(t)}>
<span class="clip" dir="auto">${r}</span>${g}
</button>`})}
</div>`:``}var E=l` .chips{flex:none;display:flex;flex-wrap:wrap;gap:6px;max-height:112px;overflow-y:auto;padding:0 20px 10px}.chip{display:inline-flex;align-items:center;gap:4px;min-height:30px;max-width:100%;padding:0 6px 0 12px;border-radius:15px;border:1px solid transparent;background:var(--accent-soft);font-size:0.875rem}.chip .icon{flex:none;width:16px;height:16px}@media (pointer: coarse){.chip{min-height:44px;border-radius:22px}}`,D=l` :host{display:flex;flex-direction:column;min-height:0;--avatar-size:40px}.to{display:flex;align-items:center;gap:8px;padding:4px 20px 10px}.to .field{flex:1;min-width:0}.results{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;scrollbar-width:thin;padding:0 8px 12px}.user{gap:12px;min-height:56px;border-radius:12px;cursor:pointer}.user.active{background:var(--hover);outline:2px solid transparent;outline-offset:-2px}.box{flex:none;width:22px;height:22px;border-radius:50%;border:2px solid var(--muted);display:grid;place-items:center}.chosen .box{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}.box .icon{width:14px;height:14px;stroke-width:3}.user:not(.chosen) .box .icon{display:none}.hint{padding:24px 16px;text-align:center}.problem{padding:8px 12px;color:var(--danger);font-size:0.875rem}@media (forced-colors: active){.user.active{outline-color:Highlight}}`,O=class extends s{constructor(...e){super(...e),this.label=``,this.placeholder=``,this.multiple=!1,this.chosen=[],this.accepts=()=>!0,this.query=``,this.active=-1,this.updateEvents=[`state`],this.#e=new y(this),this.#t=new b(this),this.#r=!1,this.#i=!1,this.#f=async()=>{await this.#e.loadMore(),await this.updateComplete,this.sentinel?.observe()}}#e;#t;#n;#r;#i;static{this.styles=[a,x,D]}get mayStartGroup(){return this.#e.mayStartGroup}get mayStartNote(){return this.#e.mayStartNote}async focusField(){await this.updateComplete,this.field.focus()}reset(){this.query=``,this.active=-1,this.#e.search(this.client,``)}clientChanged(){this.#e.search(this.client,this.query)}updated(){if(this.#n===this.#e.hits)return;this.#n=this.#e.hits;let[e]=this.#a??[],t=this.#r;this.#r=!1,t&&e&&this.#d(e),this.dispatchEvent(new CustomEvent(`causerie-searched`)),this.sentinel?.observe()}render(){let t=this.#a,{problem:n,more:i}=this.#e,a=t?.[this.active]?`option-${this.active}`:void 0;return u`
<div class="to">
<slot name="label"></slot>
<input
class="field"
role="combobox"
aria-expanded="true"
aria-autocomplete="list"
aria-controls="options"
aria-activedescendant=${a??``}
autocomplete="off"
autocapitalize="off"
spellcheck="false"
enterkeyhint="go"
dir="auto"
aria-label=${this.label}
placeholder=${this.placeholder}
.value=${m(this.query)}
@input=${this.#c}
@keydown=${this.#l}
/>
</div>
<slot name="between"></slot>
<p class="visually-hidden" role="status">${t&&this.query.trim()?e.usersFound(t.length):``}</p>
<div
class="results"
role=${this.multiple?`group`:r}
aria-label=${this.multiple?e.people:r}
tabindex=${this.multiple?0:r}
>
<div>
${this.query.trim()?``:u`<slot name="shortcuts"></slot>`}
${n&&!i?u`<p class="problem" role="alert">${n}</p>`:``}
${t?``:u`<p class="hint muted">${e.loading}</p>`}
${t&&!t.length&&!n?u`<causerie-reach-help ?searched=${this.query.trim()!==``}></causerie-reach-help>`:``}
<ul
id="options"
role="listbox"
aria-label=${e.people}
aria-multiselectable=${this.multiple?`true`:`false`}
?hidden=${!t?.length}
>
${t?.map((e,t)=>this.#o(e,t))}
</ul>
${i?u`<causerie-load-sentinel .problem=${n} @causerie-load=${this.#f}></causerie-load-sentinel>`:``}
</div>
</div>
`}get#a(){return this.#e.hits?.filter(this.accepts)}#o(e,t){let{user:n}=e,r=f(n),i=this.chosen.some(({id:e})=>e===n.id),a=t===this.active;return u`<li
id="option-${t}"
class="user ${a?`active`:``} ${i?`chosen`:``}"
role="option"
aria-selected=${this.multiple?i:a}
@mousedown=${e=>e.preventDefault()}
@click=${()=>this.#d(e)}
>
<causerie-avatar .name=${r} .key=${h(n)}></causerie-avatar>
${S(n,this.#s(e))}
${this.multiple?u`<i class="box" aria-hidden="true">${_}</i>`:``}
</li>`}#s({user:t,can:n,conversationId:r,mayRequest:i}){if(this.multiple||n.has(`start`)||r!==void 0)return``;let a=this.#t.of(this.client),o=e=>e.user.id===t.id;return a.received.some(o)?e.wantsToConnect:a.sent.some(o)?e.requestSent:i.length?e.reachableOnRequest:e.userNotReachable}#c(){this.query=this.field.value,this.active=this.query.trim()?0:-1,this.#r=!1,this.#i=!1,this.#e.search(this.client,this.query,!0)}#l(e){if(e.isComposing||e.altKey||e.ctrlKey||e.metaKey)return;let t=this.#a??[],n={ArrowDown:1,ArrowUp:-1}[e.key],r=t[this.active];if(n)this.#i=!0,this.#u((this.active+n+t.length+ +(this.active<0&&n<0))%(t.length||1));else if(e.key===`Enter`&&r&&(this.#i||!this.#e.isPending))this.#d(r);else if(e.key===`Enter`&&this.#e.isPending)this.#r=this.query.trim()!==``;else if(e.key===`Escape`&&this.query)this.reset();else if(e.key===`Backspace`&&!this.query){this.dispatchEvent(new CustomEvent(`causerie-remove-last`));return}else return;e.preventDefault()}async#u(e){this.active=e,await this.updateComplete,this.renderRoot.querySelector(`#option-${e}`)?.scrollIntoView({block:`nearest`})}#d(e){this.dispatchEvent(new CustomEvent(`causerie-pick`,{detail:e})),this.multiple&&this.query&&this.reset()}#f};n([t()],O.prototype,`label`,void 0),n([t()],O.prototype,`placeholder`,void 0),n([t({type:Boolean})],O.prototype,`multiple`,void 0),n([t({attribute:!1})],O.prototype,`chosen`,void 0),n([t({attribute:!1})],O.prototype,`accepts`,void 0),n([c()],O.prototype,`query`,void 0),n([c()],O.prototype,`active`,void 0),n([o(`input`)],O.prototype,`field`,void 0),n([o(`causerie-load-sentinel`)],O.prototype,`sentinel`,void 0),O=n([i(`causerie-user-picker`)],O);var k=class extends p{constructor(...e){super(...e),this.subject=``,this.chosen=[],this.busy=!1,this.problem=``,this.#e=e=>C(e)&&!this.conversation?.members.some(({user:t})=>t.id===e.user.id)}static{this.styles=[a,v,E,l` .head{display:flex;align-items:center;gap:6px;padding:14px 12px 8px 20px}.head h2{flex:1}causerie-user-picker{flex:1}form{display:flex;flex-wrap:wrap;align-items:center;gap:10px 12px;padding:12px 20px max(12px,env(safe-area-inset-bottom));border-top:1px solid var(--border)}.subject{flex:1 1 180px;width:auto}form p{flex:1 0 100%;font-size:0.875rem}form .problem{color:var(--danger)}`]}show(){this.subject=this.problem=``,this.chosen=[],this.busy=!1,this.picker.reset(),this.dialog.showModal(),this.picker.focusField()}render(){let t=this.conversation===void 0;return u`<dialog closedby="any" aria-labelledby="heading">
<div class="head">
<h2 id="heading">${t?e.newGroup:e.addPeople}</h2>
<button class="icon-button" aria-label=${e.close} title=${e.close} @click=${()=>this.dialog.close()}>${g}</button>
</div>
<causerie-user-picker
.client=${this.client}
.label=${e.groupMembers}
.placeholder=${e.searchUsers}
multiple
.chosen=${this.chosen}
.accepts=${this.#e}
@causerie-pick=${({detail:e})=>this.#t(e.user)}
@causerie-remove-last=${()=>{this.chosen=this.chosen.slice(0,-1)}}
>
${T(this.chosen,e=>this.#t(e))}
</causerie-user-picker>
<form @submit=${this.#n}>
${this.problem?u`<p class="problem" role="alert">${this.problem}</p>`:u`<p class="muted">${e.selected(this.chosen.length)}</p>`}
${t?u`<input
class="field subject"
autocomplete="off"
dir="auto"
aria-label=${e.groupName}
placeholder=${e.groupName}
.value=${m(this.subject)}
@input=${e=>{this.subject=e.target.value}}
/>`:``}
<button class="button primary" ?disabled=${this.busy}>${t?e.createGroup:e.addPeople}</button>
</form>
</dialog>`}#e;#t(e){this.problem=``,this.chosen=w(this.chosen,e)}async#n(t){t.preventDefault();let n=this.subject.trim();if(!this.chosen.length)return this.problem=e.groupNeedsMembers,this.picker.focusField();if(!n&&this.nameField)return this.problem=e.groupNeedsName,this.nameField.focus();this.busy=!0,this.problem=``;try{let e=this.chosen.map(({id:e})=>({id:e})),{client:t,conversation:r}=this,i=await(r?t.addMembers(r.id,e):t.startGroup(n,e));this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-started`,{detail:i}))}catch(t){this.problem=d(t,{...e.startErrors,...e.startGroupErrors})}finally{this.busy=!1}}};n([t({attribute:!1})],k.prototype,`client`,void 0),n([t({attribute:!1})],k.prototype,`conversation`,void 0),n([c()],k.prototype,`subject`,void 0),n([c()],k.prototype,`chosen`,void 0),n([c()],k.prototype,`busy`,void 0),n([c()],k.prototype,`problem`,void 0),n([o(`dialog`)],k.prototype,`dialog`,void 0),n([o(`causerie-user-picker`)],k.prototype,`picker`,void 0),n([o(`.subject`)],k.prototype,`nameField`,void 0),k=n([i(`causerie-group-dialog`)],k);