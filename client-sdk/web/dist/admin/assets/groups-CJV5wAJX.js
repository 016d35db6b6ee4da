import{A as e,S as t,_ as n,i as r,n as i}from"./index-VKHV2w1J.js";import{n as a}from"./loader-BN1fVlyR.js";import{t as o}from"./search-CDqUIalP.js";import{t as s}from"./view-Dd1Rz4mO.js";var c=25,l=class extends s{#e=new a(this,async(e,t)=>{let n={q:this.#t,cursor:e,limit:c},{rows:r,nextCursor:i}=await this.session.api.get(`rows/groups`,n,t);return{items:r,next:i}});#t;willUpdate(){let e=this.route.query.get(`q`)??``;e!==this.#t&&(this.#t=e,this.#e.restart())}render(){let n=this.#t??``;return t`<div class="head"><h1 tabindex="-1">${e.views.groups}</h1></div>
<p class="lead">${e.groupsLead}</p>
<div class="filters">${o(e.searchGroups,n,e=>this.setQuery({q:e}))}</div>
${this.#e.render(e=>this.#n(e),t`<strong>${n?e.noMatch(n):e.noGroups}</strong>`)}`}#n(n){return t`<table>
<caption class="visually-hidden">${e.views.groups}</caption>
<thead>
<tr>
<th scope="col">${e.fields.name}</th>
<th scope="col">${e.fields.kind}</th>
<th scope="col" class="wide">${e.fields.parent}</th>
<th scope="col" class="wide">${e.fields.state}</th>
</tr>
</thead>
<tbody>
${n.map(n=>t`<tr>
<td><a href=${r(`groups`,n.id)}><bdi>${n.name||n.id}</bdi></a><span class="sub mono">${n.id}</span></td>
<td>${n.kind}</td>
<td class="wide">${n.parent?t`<a class="mono" href=${r(`groups`,n.parent)}>${n.parent}</a>`:``}</td>
<td class="wide">${e.groupStates[n.state]}</td>
</tr>`)}
</tbody>
</table>`}};l=i([n(`admin-groups`)],l);export{l as Groups};