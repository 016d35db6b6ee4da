import{A as e,C as t,S as n,_ as r,a as i,b as a,g as o,h as s,i as c,n as l}from"./index-VKHV2w1J.js";import"./form-A3XYCM_-.js";import{t as u}from"./labels-CLJaZTLh.js";import{n as d}from"./loader-BN1fVlyR.js";import"./picker-DKWKjsB3.js";import{t as f}from"./view-Dd1Rz4mO.js";var p=25,m=class extends f{constructor(...t){super(...t),this.of=`user`,this.subject=``,this.picked=``,this.#e=``,this.#t=new d(this,async(e,t)=>{let n={[this.of]:this.subject,cursor:e,limit:p},{rows:r,nextCursor:i}=await this.session.api.get(`rows/memberships`,n,t);return{items:r,next:i}}),this.#i=async t=>{let[n,r]=this.of===`user`?[this.subject,this.picked]:[this.picked,this.subject];await this.session.api.import([{type:`membership`,user:n,group:r,...t}]),this.picked=``,this.#t.reload(),this.notify(e.saved)}}#e;#t;static{this.styles=[...i,t` h2{margin-bottom:10px}details{margin-top:10px}summary{cursor:pointer;font-weight:550;color:var(--accent)}details[open] summary{margin-bottom:10px}admin-picker{display:grid;gap:4px;margin-bottom:14px}`]}willUpdate(){this.subject!==this.#e&&(this.#e=this.subject,this.#t.restart())}render(){let t=this.of===`user`;return n`<section class="card" aria-labelledby="memberships">
<h2 id="memberships">${t?e.memberships:e.members}</h2>
${this.#t.render(e=>this.#n(e),t?e.noMemberships:e.noMembers)}
${this.session.may(`edit`)?this.#r(t):a}
</section>`}#n(t){let r=this.of===`user`;return n`<table>
<thead>
<tr>
<th scope="col">${r?e.group:e.user}</th>
<th scope="col">${e.role}</th>
<th scope="col" class="wide">${e.from}</th>
<th scope="col" class="wide">${e.until}</th>
${this.session.may(`edit`)?n`<th scope="col"><span class="visually-hidden">${e.actions}</span></th>`:``}
</tr>
</thead>
<tbody>
${t.map(t=>n`<tr>
<td><a class="mono" href=${r?c(`groups`,t.group):c(`users`,t.user)}>${r?t.group:t.user}</a></td>
<td>${t.role}</td>
<td class="wide">${u(t.from)}</td>
<td class="wide">${u(t.until)}</td>
${this.session.may(`edit`)?n`<td class="actions">
<button class="button small" aria-label=${e.removeMembership(r?t.group:t.user,t.role)} @click=${()=>this.#a(t)}>
${e.remove}
</button>
</td>`:``}
</tr>`)}
</tbody>
</table>`}#r(t){return n`<details>
<summary>${t?e.addMembership:e.addMember}</summary>
<admin-picker
.session=${this.session}
.what=${t?`groups`:`users`}
.label=${t?e.group:e.user}
.value=${this.picked}
@admin-pick=${e=>{this.picked=e.detail}}
></admin-picker>
<admin-form
.fields=${[{name:`role`,label:e.role,hint:e.roleHint,required:!0},{name:`from`,label:e.from,type:`date`},{name:`until`,label:e.until,type:`date`}]}
.action=${e.add}
.send=${this.#i}
></admin-form>
</details>`}#i;async#a({user:t,group:n,role:r}){try{await this.session.api.import([{type:`membership`,user:t,group:n,role:r,deleted:!0}]),this.#t.reload(),this.notify(e.removed)}catch(e){this.fail(e)}}};l([o()],m.prototype,`of`,void 0),l([o()],m.prototype,`subject`,void 0),l([s()],m.prototype,`picked`,void 0),m=l([r(`admin-memberships`)],m);