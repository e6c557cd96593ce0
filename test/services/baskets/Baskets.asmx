<%@ WebService Language="C#" Class="Contoso.Baskets.Baskets" %>
