import"./avatar-CKfXQRgM.js";import{A as e,C as t,S as n,_ as r,a as i,i as a,m as o,n as s}from"./index-VKHV2w1J.js";import{r as c}from"./labels-CLJaZTLh.js";import{n as l}from"./loader-BN1fVlyR.js";import{t as u}from"./search-CDqUIalP.js";import{t as d}from"./view-Dd1Rz4mO.js";import"./form-A3XYCM_-.js";import{t as f}from"./dialog-styles-Cu3xhaZ7.js";var p=25,m=class extends d{#e=new l(this,async(e,t)=>{let n={q:this.#t,cursor:e,limit:p},{rows:r,nextCursor:i}=await this.session.api.get(`rows/users`,n,t);return{items:r,next:i}});#t;static{this.styles=[...i,f,t` .user{display:flex;align-items:center;gap:12px;--avatar-size:34px}.user > span{min-width:0;overflow-wrap:anywhere}.user a{font-weight:550}`]}willUpdate(){let e=this.route.query.get(`q`)??``;e!==this.#t&&(this.#t=e,this.#e.restart())}render(){let t=this.#t??``,r=t?e.noMatch(t):e.noUsers,i=t?e.searchHint:this.session.may(`import`)?n`<a href=${a(`import`)}>${e.importFirst}</a>`:``;return n`<div class="head">
<h1 tabindex="-1">${e.views.users}</h1>
${this.session.may(`edit`)?n`<button class="button primary" @click=${()=>this.dialog.showModal()}>${e.addUser}</button>`:``}
</div>
<p class="lead">${e.usersLead}</p>
<div class="filters">${u(e.searchUsers,t,e=>this.setQuery({q:e}))}</div>
${this.#e.render(e=>this.#n(e),n`<strong>${r}</strong>${i}`)}
<dialog class="small" aria-labelledby="add" @close=${()=>this.form.reset()}>
<h2 id="add">${e.addUser}</h2>
<admin-form
.fields=${[{name:`id`,label:e.fields.id,hint:e.idHint,required:!0,mono:!0},{name:`name`,label:e.fields.name}]}
.action=${e.add}
.send=${this.#r}
><button type="button" class="button" @click=${()=>this.dialog.close()}>${e.cancel}</button></admin-form
>
</dialog>`}#n(t){return n`<table>
<caption class="visually-hidden">${e.views.users}</caption>
<thead>
<tr>
<th scope="col">${e.fields.name}</th>
<th scope="col">${e.fields.status}</th>
<th scope="col" class="wide">${e.fields.roles}</th>
<th scope="col" class="wide">${e.fields.writable_by}</th>
</tr>
</thead>
<tbody>
${t.map(t=>n`<tr>
<td>
<div class="user">
<causerie-avatar .name=${t.name||t.id} .key=${t.id}></causerie-avatar>
<span><a href=${a(`users`,t.id)}><bdi>${t.name||t.id}</bdi></a><span class="sub mono">${t.id}</span></span>
</div>
</td>
<td>${c(t.status)}</td>
<td class="wide">${t.roles.join(`, `)}</td>
<td class="wide">${e.writableBy[t.writable_by]}</td>
</tr>`)}
</tbody>
</table>`}#r=async({id:e=``,name:t=``})=>{await this.session.api.send(`PUT`,`users/${encodeURIComponent(e.trim())}`,t?{name:t}:{}),this.dialog.close(),location.hash=a(`users`,e.trim())}};s([o(`admin-form`)],m.prototype,`form`,void 0),s([o(`dialog`)],m.prototype,`dialog`,void 0),m=s([r(`admin-users`)],m);export{m as Users};